import { items, number, text, Tags, type JsonDataSet } from '../dicom/json';
import { dicomWeb, reason, ServerError } from '../server/http';

export interface StoreResult {
  /** The study it went into, when the server named it. */
  readonly study: string | undefined;
}

/**
 * Store Transaction with one Part 10 file (PS3.18 §10.5).
 * @param progress told how many bytes of the file have left, now and then
 * @throws ServerError with the reason when the file was refused
 */
export function storeFile(file: Blob, progress: (bytes: number) => void, signal: AbortSignal): Promise<StoreResult> {
  return new Promise((done, failed) => {
    const boundary = randomBoundary();
    const head = `--${boundary}\r\nContent-Type: application/dicom\r\n\r\n`;
    const body = new Blob([head, file, `\r\n--${boundary}--\r\n`]);
    const sending = new XMLHttpRequest(); // fetch cannot tell how far an upload is
    sending.open('POST', `${dicomWeb}/studies`);
    sending.setRequestHeader('Content-Type', `multipart/related; type="application/dicom"; boundary=${boundary}`);
    sending.setRequestHeader('Accept', 'application/dicom+json');
    sending.upload.onprogress = (event) => progress(Math.max(0, Math.min(file.size, event.loaded - head.length)));
    sending.onload = () => {
      try {
        done(resultOf(sending));
      } catch (error) {
        failed(error as Error);
      }
    };
    sending.onerror = () => failed(new ServerError('The connection broke, or the file could not be read.', 0));
    sending.onabort = () => failed(new DOMException('cancelled', 'AbortError'));
    signal.addEventListener('abort', () => sending.abort(), { once: true });
    if (signal.aborted) failed(new DOMException('cancelled', 'AbortError'));
    else sending.send(body);
  });
}

/** 128 random bits: no file holds them by chance, so that none need be searched for the boundary. */
function randomBoundary(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return `isocenter-${[...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}

function resultOf(answer: XMLHttpRequest): StoreResult {
  const type = answer.getResponseHeader('content-type') ?? '';
  const response = parse(answer.responseText);
  const refused = items(response, Tags.FailedSOPSequence)[0] ?? items(response, Tags.OtherFailuresSequence)[0];
  if (refused) throw new ServerError(refusal(refused), answer.status);
  if (answer.status < 200 || answer.status > 299) {
    throw new ServerError(reason(answer.status, type, answer.responseText), answer.status);
  }
  const stored = items(response, Tags.ReferencedSOPSequence)[0];
  const url = text(stored, Tags.RetrieveURL) || text(response, Tags.RetrieveURL);
  return { study: /\/studies\/([0-9.]+)/.exec(url)?.[1] };
}

function parse(body: string): JsonDataSet | undefined {
  try {
    const answer: unknown = JSON.parse(body);
    return (Array.isArray(answer) ? answer[0] : answer) as JsonDataSet;
  } catch {
    return undefined;
  }
}

/** Failure Reason in words (PS3.18 Table I.2-2), unless the server gave its own. */
function refusal(item: JsonDataSet): string {
  const said = text(item, Tags.TextValue);
  if (said !== '') return said;
  const code = number(item, Tags.FailureReason) ?? 0;
  switch (code) {
    case 0x0110: return 'The server failed while storing this file.';
    case 0x0111: return 'The server already has another object with the same identifier.';
    case 0x0122: return 'The server does not keep this kind of object.';
    case 0x0124: return 'The server does not allow storing here.';
    case 0xc122: return 'The server does not accept how this file is encoded.';
  }
  if (code >= 0xa700 && code <= 0xa7ff) return 'The server has no space left.';
  if (code >= 0xa900 && code <= 0xa9ff) return 'What is in this file does not fit the kind of object it says it is.';
  return `The server cannot understand this file (0x${code.toString(16).toUpperCase().padStart(4, '0')}).`;
}
