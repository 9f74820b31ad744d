import type { JsonDataSet, JsonElement } from './json';

export interface AttributeRow {
  /** Where it stands, unique within the object. */
  readonly path: string;
  readonly depth: number;
  readonly tag: string;
  readonly vr: string;
  readonly name: string;
  readonly value: string;
}

const deepest = 16;
const longest = 400; // letters of a value

/** The attributes of an object in their order, those of items after their sequence. */
export function attributeRows(dataSet: JsonDataSet, names: Readonly<Record<string, string>>): AttributeRow[] {
  const rows: AttributeRow[] = [];
  add(rows, dataSet, names, '', 0);
  return rows;
}

function add(rows: AttributeRow[], dataSet: JsonDataSet, names: Readonly<Record<string, string>>, path: string, depth: number): void {
  for (const key of Object.keys(dataSet).sort()) {
    const element = dataSet[key];
    if (!element) continue;
    const at = `${path}${key}`;
    const items = element.vr === 'SQ' ? (element.Value ?? []) : [];
    rows.push({
      path: at, depth, tag: `(${key.slice(0, 4)},${key.slice(4)})`, vr: element.vr ?? '', name: names[key] ?? (isPrivate(key) ? 'Private' : ''),
      value: element.vr === 'SQ' ? `${items.length} item${items.length === 1 ? '' : 's'}` : valueText(element),
    });
    if (depth >= deepest) continue;
    items.forEach((item, index) => {
      if (item !== null && typeof item === 'object') add(rows, item as JsonDataSet, names, `${at}[${index}].`, depth + 1);
    });
  }
}

function isPrivate(key: string): boolean {
  return parseInt(key.slice(0, 4), 16) % 2 === 1;
}

function valueText(element: JsonElement): string {
  const extra = element as { readonly BulkDataURI?: string; readonly InlineBinary?: string };
  if (extra.BulkDataURI) return 'kept apart (bulk data)';
  if (extra.InlineBinary) return `${Math.floor((extra.InlineBinary.length * 3) / 4)} bytes`;
  const text = (element.Value ?? []).map(oneText).join(' \\ ');
  return text.length > longest ? `${text.slice(0, longest)} …` : text;
}

function oneText(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'object') return Object.values(value as Record<string, unknown>).map(String).join(' = ');
  return String(value);
}
