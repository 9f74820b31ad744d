import { number, personNameText, text, texts, Tags, type JsonDataSet } from '../dicom/json';
import { dicomWeb, request, requestArray } from './http';

export interface Study {
  readonly uid: string;
  readonly patientName: string;
  readonly patientId: string;
  readonly birthDate: string;
  readonly sex: string;
  readonly date: string;
  readonly time: string;
  readonly modalities: readonly string[];
  readonly description: string;
  readonly accession: string;
  readonly referrer: string;
  readonly seriesCount: number;
  readonly instanceCount: number;
}

export interface Series {
  readonly study: string;
  readonly uid: string;
  readonly number: number | undefined;
  readonly modality: string;
  readonly description: string;
  readonly bodyPart: string;
  readonly instanceCount: number;
}

export interface Instance {
  readonly uid: string;
  readonly sopClass: string;
  readonly number: number | undefined;
  readonly frames: number;
  readonly rows: number | undefined;
  readonly columns: number | undefined;
}

const studyFields = [
  'StudyDescription', 'ModalitiesInStudy', 'NumberOfStudyRelatedSeries', 'NumberOfStudyRelatedInstances',
  'PatientBirthDate', 'PatientSex', 'AccessionNumber', 'ReferringPhysicianName',
].join(',');

/** Search Transaction, studies (PS3.18 §10.6), but with what is searched for in the body: names do not belong into addresses. `total` is
 * undefined when the server does not count them. */
export async function searchStudies(
  match: Readonly<Record<string, string>>, limit: number, offset: number, signal?: AbortSignal,
): Promise<{ studies: Study[]; total: number | undefined }> {
  const query = new URLSearchParams({ ...match, limit: String(limit), offset: String(offset), includefield: studyFields });
  const { rows, response } = await requestArray<JsonDataSet>('api/search', signal, query);
  const counted = response.headers.get('X-Total-Count');
  return { studies: rows.map(toStudy), total: counted === null ? undefined : Number(counted) };
}

export async function getStudy(uid: string, signal?: AbortSignal): Promise<Study | undefined> {
  const { studies } = await searchStudies({ StudyInstanceUID: uid }, 1, 0, signal);
  return studies[0];
}

const seriesFields = 'SeriesDescription,SeriesNumber,Modality,BodyPartExamined,NumberOfSeriesRelatedInstances';

export async function getSeries(study: string, signal?: AbortSignal): Promise<Series[]> {
  const url = `${dicomWeb}/studies/${study}/series?includefield=${seriesFields}`;
  const { rows } = await requestArray<JsonDataSet>(url, signal);
  return rows.map((row) => toSeries(study, row)).sort(byNumber);
}

const instanceFields = 'NumberOfFrames,InstanceNumber,Rows,Columns';

export async function getInstances(study: string, series: string, signal?: AbortSignal): Promise<Instance[]> {
  const url = `${dicomWeb}/studies/${study}/series/${series}/instances?includefield=${instanceFields}`;
  const { rows } = await requestArray<JsonDataSet>(url, signal);
  return rows.map(toInstance).sort(byNumber);
}

export async function getMetadata(
  study: string, series: string, instance: string, signal?: AbortSignal,
): Promise<JsonDataSet | undefined> {
  const url = `${dicomWeb}/studies/${study}/series/${series}/instances/${instance}/metadata`;
  return (await requestArray<JsonDataSet>(url, signal)).rows[0];
}

export function thumbnailUrl(series: Series): string {
  return `${dicomWeb}/studies/${series.study}/series/${series.uid}/thumbnail?viewport=256,256`;
}

/** The same, as large as it is worth for a text. */
export function pageUrl(series: Series): string {
  return `${dicomWeb}/studies/${series.study}/series/${series.uid}/thumbnail?viewport=640,640`;
}

/** An object as a browser shows it: a report as text, a document as it is. */
export function renderedInstanceUrl(series: Series, instance: string): string {
  return `${dicomWeb}/studies/${series.study}/series/${series.uid}/instances/${instance}/rendered`;
}

/** One frame as the server draws it. @param frame from 1, as PS3.18 counts */
export function renderedUrl(
  series: Series, instance: string, frame: number, size: number, window?: { center: number; width: number },
): string {
  const address = `${dicomWeb}/studies/${series.study}/series/${series.uid}/instances/${instance}/frames/${frame}`;
  const windowing = window ? `&window=${window.center},${window.width},linear` : '';
  return `${address}/rendered?viewport=${size},${size}${windowing}`;
}

/** The same in the size of the image, as a file to keep. */
export function pictureFileUrl(series: Series, instance: string, frame: number, window?: { center: number; width: number }): string {
  const address = `${dicomWeb}/studies/${series.study}/series/${series.uid}/instances/${instance}/frames/${frame}`;
  return `${address}/rendered?accept=image/png${window ? `&window=${window.center},${window.width},linear` : ''}`;
}

export async function getPicture(url: string, signal?: AbortSignal): Promise<Blob> {
  return (await request(url, { headers: { Accept: 'image/png' }, ...(signal && { signal }) })).blob();
}

function toStudy(row: JsonDataSet): Study {
  return {
    uid: text(row, Tags.StudyInstanceUID),
    patientName: personNameText(row, Tags.PatientName),
    patientId: text(row, Tags.PatientID),
    birthDate: text(row, Tags.PatientBirthDate),
    sex: text(row, Tags.PatientSex),
    date: text(row, Tags.StudyDate),
    time: text(row, Tags.StudyTime),
    modalities: texts(row, Tags.ModalitiesInStudy),
    description: text(row, Tags.StudyDescription),
    accession: text(row, Tags.AccessionNumber),
    referrer: personNameText(row, Tags.ReferringPhysicianName),
    seriesCount: number(row, Tags.NumberOfStudyRelatedSeries) ?? 0,
    instanceCount: number(row, Tags.NumberOfStudyRelatedInstances) ?? 0,
  };
}

function toSeries(study: string, row: JsonDataSet): Series {
  return {
    study,
    uid: text(row, Tags.SeriesInstanceUID),
    number: number(row, Tags.SeriesNumber),
    modality: text(row, Tags.Modality),
    description: text(row, Tags.SeriesDescription),
    bodyPart: text(row, Tags.BodyPartExamined),
    instanceCount: number(row, Tags.NumberOfSeriesRelatedInstances) ?? 0,
  };
}

function toInstance(row: JsonDataSet): Instance {
  return {
    uid: text(row, Tags.SOPInstanceUID),
    sopClass: text(row, Tags.SOPClassUID),
    number: number(row, Tags.InstanceNumber),
    frames: Math.max(1, number(row, Tags.NumberOfFrames) ?? 1),
    rows: number(row, Tags.Rows),
    columns: number(row, Tags.Columns),
  };
}

/** By number, those without one last, ties by UID so that the order is always the same. */
function byNumber(a: { number: number | undefined; uid: string }, b: { number: number | undefined; uid: string }) {
  return (a.number ?? Infinity) - (b.number ?? Infinity) || (a.uid < b.uid ? -1 : 1);
}
