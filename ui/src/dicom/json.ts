// The DICOM JSON Model (PS3.18 Annex F), read as leniently as a page should: what is absent or odd is undefined.

export interface JsonElement {
  readonly vr?: string;
  readonly Value?: readonly unknown[];
}

/** A data set in the DICOM JSON Model: elements by their tag, eight upper-case hexadecimal digits. */
export type JsonDataSet = Readonly<Record<string, JsonElement | undefined>>;

/** The tags this page reads, by their PS3.6 keyword. */
export const Tags = {
  StudyDate: '00080020',
  SeriesDate: '00080021',
  StudyTime: '00080030',
  AccessionNumber: '00080050',
  Modality: '00080060',
  ModalitiesInStudy: '00080061',
  InstitutionName: '00080080',
  ReferringPhysicianName: '00080090',
  StudyDescription: '00081030',
  SeriesDescription: '0008103E',
  RetrieveURL: '00081190',
  FailureReason: '00081197',
  FailedSOPSequence: '00081198',
  OtherFailuresSequence: '0008119A',
  ReferencedSOPSequence: '00081199',
  WarningReason: '00081196',
  SOPInstanceUID: '00080018',
  SOPClassUID: '00080016',
  RecommendedDisplayFrameRate: '00082144',
  PatientName: '00100010',
  PatientID: '00100020',
  PatientBirthDate: '00100030',
  PatientSex: '00100040',
  PatientAge: '00101010',
  BodyPartExamined: '00180015',
  CineRate: '00180040',
  SliceThickness: '00180050',
  KVP: '00180060',
  RepetitionTime: '00180080',
  EchoTime: '00180081',
  FrameTime: '00181063',
  XRayTubeCurrent: '00181151',
  StudyInstanceUID: '0020000D',
  SeriesInstanceUID: '0020000E',
  SeriesNumber: '00200011',
  InstanceNumber: '00200013',
  ImagePositionPatient: '00200032',
  ImageOrientationPatient: '00200037',
  SliceLocation: '00201041',
  NumberOfStudyRelatedSeries: '00201206',
  NumberOfStudyRelatedInstances: '00201208',
  NumberOfSeriesRelatedInstances: '00201209',
  PhotometricInterpretation: '00280004',
  NumberOfFrames: '00280008',
  Rows: '00280010',
  Columns: '00280011',
  PixelSpacing: '00280030',
  BitsStored: '00280101',
  WindowCenter: '00281050',
  WindowWidth: '00281051',
  PixelMeasuresSequence: '00289110',
  FrameVOILUTSequence: '00289132',
  PlanePositionSequence: '00209113',
  PlaneOrientationSequence: '00209116',
  TextValue: '0040A160',
  SharedFunctionalGroupsSequence: '52009229',
  PerFrameFunctionalGroupsSequence: '52009230',
} as const;

export function values(dataSet: JsonDataSet | undefined, tag: string): readonly unknown[] {
  const found = dataSet?.[tag]?.Value;
  return Array.isArray(found) ? found : [];
}

export function text(dataSet: JsonDataSet | undefined, tag: string): string {
  return texts(dataSet, tag)[0] ?? '';
}

export function texts(dataSet: JsonDataSet | undefined, tag: string): string[] {
  return values(dataSet, tag)
    .map((value) => (typeof value === 'string' || typeof value === 'number' ? String(value).trim() : ''))
    .filter((value) => value !== '');
}

/** Numbers may stand as JSON numbers or, for DS, IS and 64-bit integers, as strings (PS3.18 §F.2.2). */
export function numbers(dataSet: JsonDataSet | undefined, tag: string): number[] {
  return values(dataSet, tag)
    .map((value) => (typeof value === 'string' && value.trim() === '' ? Number.NaN : Number(value)))
    .filter((value) => Number.isFinite(value));
}

export function number(dataSet: JsonDataSet | undefined, tag: string): number | undefined {
  return numbers(dataSet, tag)[0];
}

export function items(dataSet: JsonDataSet | undefined, tag: string): JsonDataSet[] {
  return values(dataSet, tag).filter((value): value is JsonDataSet => typeof value === 'object' && value !== null);
}

/** The first non-empty component group of a person name: alphabetic, else ideographic, else phonetic. */
export function personNameText(dataSet: JsonDataSet | undefined, tag: string): string {
  const value = values(dataSet, tag)[0];
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return '';
  const groups = value as { Alphabetic?: string; Ideographic?: string; Phonetic?: string };
  return [groups.Alphabetic, groups.Ideographic, groups.Phonetic].find((group) => group?.trim()) ?? '';
}
