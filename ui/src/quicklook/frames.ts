import { edgeLetters, type EdgeLetters } from '../dicom/orientation';
import { items, number, numbers, text, Tags, type JsonDataSet } from '../dicom/json';
import type { Instance } from '../server/studies';

/** One picture of a series: a frame of an instance. */
export interface Frame {
  readonly instance: Instance;
  readonly number: number; // from 1, within its instance
}

export interface Window {
  readonly center: number;
  readonly width: number;
}

export function framesOf(instances: readonly Instance[]): Frame[] {
  return instances.flatMap((instance) =>
    Array.from({ length: instance.frames }, (_, index) => ({ instance, number: index + 1 })));
}

/** What the corners of the picture say about one frame; undefined where the image does not tell. */
export interface FrameFacts {
  readonly window: Window | undefined;
  readonly colour: boolean;
  readonly edges: EdgeLetters | undefined;
  readonly thickness: number | undefined;
  readonly location: number | undefined;
  readonly kilovolts: number | undefined;
  readonly milliamperes: number | undefined;
  readonly repetitionTime: number | undefined;
  readonly echoTime: number | undefined;
  readonly rows: number | undefined;
  readonly columns: number | undefined;
  readonly bitsStored: number;
  readonly framesPerSecond: number | undefined;
  readonly institution: string;
}

/** @param frameNumber from 1; enhanced multi-frame images describe each frame in functional groups (PS3.3 §C.7.6.16) */
export function factsOf(image: JsonDataSet, frameNumber: number): FrameFacts {
  const shared = items(image, Tags.SharedFunctionalGroupsSequence)[0];
  const own = items(image, Tags.PerFrameFunctionalGroupsSequence)[frameNumber - 1];
  const group = (sequence: string) => items(own, sequence)[0] ?? items(shared, sequence)[0] ?? image;

  const photometric = text(image, Tags.PhotometricInterpretation);
  const orientation = numbers(group(Tags.PlaneOrientationSequence), Tags.ImageOrientationPatient);
  const position = numbers(group(Tags.PlanePositionSequence), Tags.ImagePositionPatient);
  const frameTime = number(image, Tags.FrameTime);
  return {
    window: windowOf(group(Tags.FrameVOILUTSequence)),
    colour: photometric !== '' && !photometric.startsWith('MONOCHROME'),
    edges: edgeLetters(orientation),
    thickness: number(group(Tags.PixelMeasuresSequence), Tags.SliceThickness),
    location: number(image, Tags.SliceLocation) ?? alongNormal(orientation, position),
    kilovolts: number(image, Tags.KVP),
    milliamperes: number(image, Tags.XRayTubeCurrent),
    repetitionTime: number(image, Tags.RepetitionTime),
    echoTime: number(image, Tags.EchoTime),
    rows: number(image, Tags.Rows),
    columns: number(image, Tags.Columns),
    bitsStored: number(image, Tags.BitsStored) ?? 8,
    framesPerSecond: number(image, Tags.RecommendedDisplayFrameRate) ?? number(image, Tags.CineRate)
      ?? (frameTime ? 1000 / frameTime : undefined),
    institution: text(image, Tags.InstitutionName),
  };
}

function windowOf(dataSet: JsonDataSet): Window | undefined {
  const center = number(dataSet, Tags.WindowCenter);
  const width = number(dataSet, Tags.WindowWidth);
  return center === undefined || width === undefined || width < 1 ? undefined : { center, width };
}

/** Where a slice lies along its own normal, in mm: what Slice Location says when an image has one. */
function alongNormal(orientation: readonly number[], position: readonly number[]): number | undefined {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = orientation;
  const [x, y, z] = position;
  if (orientation.length !== 6 || x === undefined || y === undefined || z === undefined) return undefined;
  return x * (b * f - c * e) + y * (c * d - a * f) + z * (a * e - b * d);
}

export interface Preset extends Partial<Window> {
  readonly name: string;
}

/** The first stands for the image's own window. Widths and centres in Hounsfield units. */
export const ctPresets: readonly Preset[] = [
  { name: 'Default' },
  { name: 'Brain', center: 40, width: 80 },
  { name: 'Soft tissue', center: 40, width: 400 },
  { name: 'Bone', center: 480, width: 2500 },
  { name: 'Lung', center: -600, width: 1500 },
];
