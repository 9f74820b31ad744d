/** The server said no, or nothing at all. The message is a sentence for the person at the screen. */
export class ServerError extends Error {
  constructor(message: string, readonly status: number) {
    super(message);
    this.name = 'ServerError';
  }
}

// Addresses are relative to the page, so that a proxy may put the whole server below a path of its own.
export const dicomWeb = 'dicom-web';

export async function request(url: string, init?: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, init);
  } catch (error) {
    if (isAbort(error)) throw error;
    throw new ServerError('The server does not answer. Is it running?', 0);
  }
  if (!response.ok) throw new ServerError(await reasonOf(response), response.status);
  return response;
}

/** A JSON array from the server; no content (204) is an empty one.
 * @param form sent in the body */
export async function requestArray<T>(url: string, signal?: AbortSignal, form?: URLSearchParams): Promise<{ rows: T[]; response: Response }> {
  const response = await request(url, { headers: { Accept: 'application/dicom+json' }, ...(signal && { signal }), ...(form && { method: 'POST', body: form }) });
  if (response.status === 204) return { rows: [], response };
  const body: unknown = await response.json();
  return { rows: Array.isArray(body) ? (body as T[]) : [], response };
}

export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError';
}

export function sentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The server's own words when it gave any short ones, else what the status means. */
export async function reasonOf(response: Response): Promise<string> {
  const type = response.headers.get('content-type') ?? '';
  const body = await response.text().catch(() => '');
  return reason(response.status, type, body);
}

export function reason(status: number, contentType: string, body: string): string {
  if (/json/i.test(contentType)) {
    try {
      const problem = JSON.parse(body) as Record<string, unknown>;
      const said = [problem['detail'], problem['title'], problem['error'], problem['message']]
        .find((part): part is string => typeof part === 'string' && part !== '');
      if (said) return said;
    } catch {
      // not JSON after all: the status speaks
    }
  } else if (/^text\/plain/i.test(contentType) && body.trim() !== '' && body.length < 600) {
    return body.trim();
  }
  switch (status) {
    case 400: return 'The server did not understand the question.';
    case 401: case 403: return 'This server does not allow that here.';
    case 404: return 'The server does not have this.';
    case 406: case 415: return 'The server cannot draw this kind of image yet.';
    case 409: return 'The server refused the file.';
    case 413: return 'This is larger than the server accepts.';
    case 429: case 503: return 'The server is too busy. Please try again in a moment.';
    case 507: return 'The server has no space left.';
    default: return `The server answered with an error (${status}).`;
  }
}
