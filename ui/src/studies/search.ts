import { searchStudies, type Study } from '../server/studies';

export interface Filters {
  readonly words: string;
  readonly dates: DateRange;
  readonly modality: string;
}

export type DateChoice = 'any' | 'today' | 'week' | 'month' | 'year' | 'own';

export interface DateRange {
  readonly choice: DateChoice;
  readonly from: string; // yyyy-mm-dd, as a date input gives it; only with 'own'
  readonly to: string;
}

export const noFilters: Filters = { words: '', dates: { choice: 'any', from: '', to: '' }, modality: '' };

export interface Page {
  readonly studies: readonly Study[];
  /** How many match in all; undefined when the server does not count. */
  readonly total: number | undefined;
  /** There may be more than `total` or than this page shows. */
  readonly more: boolean;
}

export const pageSize = 50;

// QIDO-RS joins its keys with "and", but one box means "or": so the box becomes several questions, asked together and
// merged. Every page is then cut from the front of the merged list, which makes deep pages dear; nobody leafs that far
// through a search by name, so it ends here.
const deepest = 500;

/** @param page from 0 */
export async function findStudies(filters: Filters, page: number, now: Date, signal: AbortSignal): Promise<Page> {
  const common = commonKeys(filters, now);
  const questions = questionsFor(filters.words);

  if (questions.length <= 1) {
    const { studies, total } = await searchStudies(
      { ...common, ...questions[0] }, pageSize, page * pageSize, signal);
    return { studies, total, more: more(total, page, studies.length) };
  }

  const wanted = Math.min((page + 1) * pageSize, deepest);
  const answers = await Promise.all(
    questions.map((question) => searchStudies({ ...common, ...question }, wanted, 0, signal)));
  const merged = merge(answers.map((answer) => answer.studies));
  const studies = merged.slice(page * pageSize, (page + 1) * pageSize);

  const hits = answers.filter((answer) => answer.studies.length > 0);
  const whole = answers.every((answer) => answer.studies.length < wanted);
  const total = whole ? merged.length : hits.length === 1 ? hits[0]?.total : undefined;
  const last = (page + 1) * pageSize >= deepest;
  return { studies, total, more: !last && (total === undefined ? !whole : more(total, page, studies.length)) };
}

function more(total: number | undefined, page: number, shown: number): boolean {
  return total === undefined ? shown === pageSize : page * pageSize + shown < total;
}

function commonKeys(filters: Filters, now: Date): Record<string, string> {
  const keys: Record<string, string> = {};
  const range = dateKey(filters.dates, now);
  if (range !== '') keys['StudyDate'] = range;
  if (filters.modality !== '') keys['ModalitiesInStudy'] = filters.modality;
  return keys;
}

/** A range as PS3.4 §C.2.2.2.5.1 writes it; empty for any date. */
export function dateKey(dates: DateRange, now: Date): string {
  const daysBack = { any: undefined, own: undefined, today: 0, week: 6, month: 29, year: 364 }[dates.choice];
  if (daysBack !== undefined) {
    const from = new Date(now);
    from.setDate(from.getDate() - daysBack);
    return daysBack === 0 ? compact(now) : `${compact(from)}-${compact(now)}`;
  }
  if (dates.choice === 'any') return '';
  const [from, to] = [dates.from.replaceAll('-', ''), dates.to.replaceAll('-', '')];
  return from === '' && to === '' ? '' : from === to ? from : `${from}-${to}`;
}

function compact(date: Date): string {
  const two = (part: number) => String(part).padStart(2, '0');
  return `${date.getFullYear()}${two(date.getMonth() + 1)}${two(date.getDate())}`;
}

/** The questions that one box stands for: each an object of QIDO-RS keys, none for an empty box. */
export function questionsFor(words: string): Record<string, string>[] {
  const typed = words.trim();
  if (typed === '') return [];
  if (/^\d+(\.\d+){4,}$/.test(typed)) return [{ StudyInstanceUID: typed }];
  const date = /^(\d{4})-(\d{2})-(\d{2})$/.exec(typed);
  if (date) return [{ StudyDate: `${date[1]}${date[2]}${date[3]}` }];

  const parts = typed.split(/[\s,^\\]+/).filter(Boolean);
  const names = [around(parts)];
  // "Anna Müller" and "Müller, Anna" are the same patient, stored as Müller^Anna.
  if (parts.length === 2 && !typed.includes('^')) names.push(around([...parts].reverse()));
  const questions: Record<string, string>[] = names.map((name) => ({ PatientName: name }));
  if (parts.length === 1) questions.push({ PatientID: `*${typed}*` }, { AccessionNumber: `*${typed}*` });
  return questions;
}

function around(parts: readonly string[]): string {
  return `*${parts.join('*')}*`;
}

function merge(lists: readonly (readonly Study[])[]): Study[] {
  const byUid = new Map(lists.flat().map((study) => [study.uid, study]));
  const newestFirst = (a: Study, b: Study) =>
    compare(b.date, a.date) || compare(b.time, a.time) || compare(a.uid, b.uid);
  return [...byUid.values()].sort(newestFirst);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
