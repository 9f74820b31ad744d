import { request } from './http';

export interface ServerInfo {
  readonly product: string;
  readonly version: string;
  readonly aet: string;
  /** The server was built with the diagnostic viewer. */
  readonly viewer: boolean;
  readonly dicom: { readonly address: string; readonly port: number };
  readonly http: { readonly address: string; readonly port: number };
  readonly counts: {
    readonly patients: number;
    readonly studies: number;
    readonly series: number;
    readonly instances: number;
    readonly bytes: number;
  };
}

export async function getInfo(signal?: AbortSignal): Promise<ServerInfo> {
  return (await (await request('api/info', { ...(signal && { signal }) })).json()) as ServerInfo;
}

/** Has the server make its sample study; answers with its Study Instance UID. */
export async function loadSampleStudy(): Promise<string> {
  const answer = (await (await request('api/demo', { method: 'POST' })).json()) as { studyInstanceUid?: string };
  return answer.studyInstanceUid ?? '';
}

/** The host a scanner should call: the listening address, or this page's host when the server listens everywhere. */
export function dicomHost(info: ServerInfo): string {
  const everywhere = ['', '*', '0.0.0.0', '::', '[::]'];
  return everywhere.includes(info.dicom.address) ? location.hostname : info.dicom.address;
}
