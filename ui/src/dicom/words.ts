// Values of the standard as a person reads them.

/** `Müller^Anna^Maria^Dr.^` → `Müller, Anna Maria` with prefix and suffix after it (PS3.5 §6.2.1.1). */
export function readableName(name: string): string {
  const [family = '', given = '', middle = '', prefix = '', suffix = ''] = name.split('^').map((part) => part.trim());
  const first = [given, middle].filter(Boolean).join(' ');
  const around = [prefix, suffix].filter(Boolean).join(', ');
  const whole = [family, first].filter(Boolean).join(', ');
  return around === '' ? whole : `${whole} (${around})`;
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `20240305` → `5 Mar 2024`; also ACR-NEMA's `2024.03.05`. What is no date comes back as it is. */
export function readableDate(date: string): string {
  const found = /^(\d{4})\.?(\d{2})\.?(\d{2})$/.exec(date);
  const month = found && months[Number(found[2]) - 1];
  return found && month ? `${Number(found[3])} ${month} ${found[1]}` : date;
}

/** `142530.123` → `14:25`. */
export function readableTime(time: string): string {
  const found = /^(\d{2}):?(\d{2})/.exec(time);
  return found ? `${found[1]}:${found[2]}` : '';
}

/** `045Y` → `45 y`. */
export function readableAge(age: string): string {
  const found = /^(\d{3})([DWMY])$/.exec(age);
  return found ? `${Number(found[1])} ${found[2]?.toLowerCase()}` : age;
}

/** Whole years between a birth date and a study date, both `yyyymmdd`; empty when that cannot be said. */
export function ageAt(birth: string, study: string): string {
  if (!/^\d{8}$/.test(birth) || !/^\d{8}$/.test(study)) return '';
  const years = Math.floor((Number(study) - Number(birth)) / 10_000);
  return years >= 0 && years < 150 ? `${years} y` : '';
}

export function readableSex(sex: string): string {
  return { M: 'male', F: 'female', O: 'other' }[sex] ?? sex;
}

export function count(amount: number, one: string, many = `${one}s`): string {
  return `${amount.toLocaleString('en')} ${amount === 1 ? one : many}`;
}

/** Bytes with a unit a person knows: powers of 1000, as file managers and disk makers print them. */
export function readableSize(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB', 'PB'];
  let amount = bytes;
  let unit = 0;
  while (amount >= 1000 && unit < units.length - 1) {
    amount /= 1000;
    unit++;
  }
  return `${unit === 0 || amount >= 100 ? Math.round(amount) : amount.toFixed(1)} ${units[unit]}`;
}

const modalities: Record<string, string> = {
  AU: 'Audio', BI: 'Biomagnetic imaging', BMD: 'Bone densitometry', CR: 'Computed radiography', CT: 'CT',
  DOC: 'Document', DX: 'Digital radiography', ECG: 'Electrocardiogram', EEG: 'Electroencephalogram',
  ES: 'Endoscopy', GM: 'Microscopy', HD: 'Haemodynamic waveform', IO: 'Intra-oral radiography',
  IVOCT: 'Intravascular OCT', IVUS: 'Intravascular ultrasound', KO: 'Key images', M3D: '3-D model',
  MG: 'Mammography', MR: 'MR', NM: 'Nuclear medicine', OCT: 'Optical coherence tomography',
  OP: 'Ophthalmic photography', OPT: 'Ophthalmic tomography', OT: 'Other', PR: 'Presentation state', PT: 'PET',
  PX: 'Panoramic X-ray', REG: 'Registration', RF: 'Fluoroscopy', RG: 'Radiography', RTDOSE: 'Radiotherapy dose',
  RTIMAGE: 'Radiotherapy image', RTPLAN: 'Radiotherapy plan', RTRECORD: 'Radiotherapy record',
  RTSTRUCT: 'Radiotherapy structures', SC: 'Secondary capture', SEG: 'Segmentation', SM: 'Slide microscopy',
  SR: 'Structured report', US: 'Ultrasound', XA: 'Angiography', XC: 'Photography',
};

const withoutPictures = new Set(
  ['AU', 'DOC', 'ECG', 'EEG', 'HD', 'KO', 'M3D', 'PR', 'REG', 'RTPLAN', 'RTRECORD', 'RTSTRUCT', 'SEG', 'SR']);

/** Whether objects of this modality are pictures by themselves, or speak about pictures. */
export function isPicture(modality: string): boolean {
  return !withoutPictures.has(modality);
}

/** What a modality's code stands for (PS3.3 §C.7.3.1.1.1); an unknown code stands for itself. */
export function modalityName(code: string): string {
  return modalities[code] ?? code;
}
