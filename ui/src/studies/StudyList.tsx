import { useEffect, useRef, type KeyboardEvent, type RefObject } from 'react';
import { count, modalityName, readableDate, readableName, readableTime } from '../dicom/words';
import { Icon } from '../page/Icon';
import { ViewerLink } from '../page/ViewerLink';
import type { Loaded } from '../page/useLoaded';
import { go, hashOf } from '../page/route';
import type { Study } from '../server/studies';
import { pageSize, type Page } from './search';

interface StudyListProps {
  readonly found: Loaded<Page>;
  readonly open: string | undefined;
  readonly page: number;
  readonly toPage: (page: number) => void;
  readonly filtered: boolean;
  /** There is a diagnostic viewer to open studies in. */
  readonly viewer: boolean;
  readonly clear: () => void;
  readonly list: RefObject<HTMLDivElement | null>;
}

export function StudyList({ found, open, page, toPage, filtered, viewer, clear, list }: StudyListProps) {
  const { value, error, loading } = found;
  const scroller = useRef<HTMLDivElement>(null);
  useEffect(() => {
    void scroller.current?.scrollTo({ top: 0 });
  }, [page]);

  return (
    <section className="list" ref={list} aria-label="Studies" aria-busy={loading}>
      {error && <p className="trouble" role="alert"><Icon name="warning" /> {error}</p>}
      {value && value.studies.length === 0 && filtered && (
        <div className="nothing">
          <p>No study matches this search.</p>
          <button type="button" onClick={clear}>Clear the search</button>
        </div>
      )}
      <div className="rows" ref={scroller}>
        {value && value.studies.length > 0 && (
          <table role="table" onKeyDown={moveFocus}>
            <caption className="unseen">Studies, the newest first</caption>
            <thead role="rowgroup">
              <tr role="row">
                {['Patient', 'Born', 'Sex', 'Date', 'Modality', 'Description', 'Accession', 'Series', 'Images'].map((name) => (
                  <th key={name} role="columnheader" scope="col" className={name.toLowerCase()}>{name}</th>
                ))}
                {viewer && <th role="columnheader" scope="col" className="open"><span className="unseen">Viewer</span></th>}
              </tr>
            </thead>
            <tbody role="rowgroup">
              {value.studies.map((study) => <StudyRow key={study.uid} study={study} open={study.uid === open} viewer={viewer} />)}
            </tbody>
          </table>
        )}
      </div>
      {value && <Pager found={value} page={page} toPage={toPage} />}
    </section>
  );
}

function StudyRow({ study, open, viewer }: { readonly study: Study; readonly open: boolean; readonly viewer: boolean }) {
  return (
    <tr role="row" className={open ? 'open' : ''} onClick={() => go(study.uid)}>
      <td role="cell" className="patient">
        <a href={hashOf(study.uid)} aria-current={open || undefined} onClick={(event) => event.stopPropagation()}>
          {readableName(study.patientName) || 'No name'}
        </a>
        <span className="id">{study.patientId}</span>
      </td>
      <td role="cell" className="born">{readableDate(study.birthDate)}</td>
      <td role="cell" className="sex">{study.sex}</td>
      <td role="cell" className="date">{readableDate(study.date)} <span className="time">{readableTime(study.time)}</span></td>
      <td role="cell" className="modality"><Modalities codes={study.modalities} /></td>
      <td role="cell" className="description" title={study.description}>{study.description}</td>
      <td role="cell" className="accession">{study.accession}</td>
      <td role="cell" className="series">{study.seriesCount.toLocaleString('en')}</td>
      <td role="cell" className="images">{study.instanceCount.toLocaleString('en')}</td>
      {viewer && (
        <td role="cell" className="open"><ViewerLink study={study.uid} whose={readableName(study.patientName) || 'this study'} /></td>
      )}
    </tr>
  );
}

export function Modalities({ codes }: { readonly codes: readonly string[] }) {
  return codes.map((code) => <abbr key={code} className={`badge m-${code}`} title={modalityName(code)}>{code}</abbr>);
}

/** Arrow keys walk over the rows; Enter is the link's own. */
function moveFocus(event: KeyboardEvent<HTMLTableElement>) {
  const links = [...event.currentTarget.querySelectorAll<HTMLAnchorElement>('td.patient a')];
  const at = links.indexOf(document.activeElement as HTMLAnchorElement);
  if (at < 0) return;
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: links.length - 1 }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  links[Math.max(0, Math.min(links.length - 1, to))]?.focus();
}

function Pager({ found, page, toPage }: {
  readonly found: Page;
  readonly page: number;
  readonly toPage: (page: number) => void;
}) {
  const first = page * pageSize + 1;
  const last = page * pageSize + found.studies.length;
  const range = found.studies.length === 0 ? '' : `${first.toLocaleString('en')}–${last.toLocaleString('en')}`;
  const total = found.total === undefined ? (found.more ? 'many' : last.toLocaleString('en')) : found.total.toLocaleString('en');
  const single = page === 0 && !found.more;
  return (
    <div className="pager">
      <span role="status">
        {found.studies.length === 0 ? '' : single ? count(found.studies.length, 'study', 'studies') : `${range} of ${total} studies`}
      </span>
      {!single && (
        <nav aria-label="Pages">
          <button type="button" aria-label="Newer studies" disabled={page === 0} onClick={() => toPage(page - 1)}>
            <Icon name="back" />
          </button>
          <button type="button" aria-label="Older studies" disabled={!found.more} onClick={() => toPage(page + 1)}>
            <Icon name="next" />
          </button>
        </nav>
      )}
    </div>
  );
}
