import { useCallback, useEffect, useRef, useState } from 'react';
import { count, readableSize } from './dicom/words';
import { Icon, Logo } from './page/Icon';
import { deskHash, hashOf, useRoute } from './page/route';
import { useLoaded } from './page/useLoaded';
import { useServer } from './page/useServer';
import { warmViewer } from './page/warm';
import { restore, type Deletion } from './server/desk';
import { dicomHost, type ServerInfo } from './server/server';
import { sentence } from './server/http';
import { findStudies, noFilters, type Filters } from './studies/search';
import { SearchBar } from './studies/SearchBar';
import { StudyList } from './studies/StudyList';
import { Welcome } from './studies/Welcome';
import { StudyView } from './study/StudyView';
import { Desk } from './desk/Desk';
import { DropTarget } from './upload/DropTarget';
import { useUploads } from './upload/queue';
import { UploadPanel } from './upload/UploadPanel';

const restBeforeSearching = 180; // milliseconds since the last key

export function App() {
  const route = useRoute();
  const { info, error, revision, ask } = useServer();
  const [filters, setFilters] = useState(noFilters);
  const settled = useSettled(filters, restBeforeSearching);
  const [page, setPage] = useState(0);
  const [wide, setWide] = useState(false);
  const [uploading, setUploading] = useState(false);
  const [deletion, setDeletion] = useState<Deletion>();
  const list = useRef<HTMLDivElement>(null);

  const key = JSON.stringify([settled, page, revision]);
  const found = useLoaded(key, (signal) => findStudies(settled, page, new Date(), signal), true);

  const showUploads = useCallback(() => setUploading(true), []);
  const { all, running } = useUploads();
  useEffect(() => {
    if (all.length > 0) setUploading(true);
  }, [all.length > 0]);
  useEffect(() => {
    if (!running && all.length > 0) ask();
  }, [running, all.length, ask]);

  const viewer = info?.viewer ?? false;
  useEffect(() => (viewer ? warmViewer() : undefined), [viewer]);

  const before = useRef(route.study);
  useEffect(() => {
    // Who closes a study goes on where they left the list.
    if (!route.study && before.current) {
      list.current?.querySelector<HTMLAnchorElement>(`a[href="${hashOf(before.current)}"]`)?.focus();
    }
    before.current = route.study;
  }, [route.study]);

  const search = (next: Filters) => {
    setFilters(next);
    setPage(0);
  };
  const filtered = settled.words.trim() !== '' || settled.modality !== '' || settled.dates.choice !== 'any';
  const empty = !filtered && !route.study && !route.desk && page === 0 && found.value?.studies.length === 0;
  const known = found.value?.studies.find((study) => study.uid === route.study);

  return (
    <div className={`app${route.study ? ' with-study' : ''}${wide ? ' wide' : ''}`}>
      <header className="masthead">
        <h1 className="unseen">Isocenter</h1>
        <a className="brand" href="#/" aria-label="Isocenter, all studies"><Logo /><span>Isocenter</span></a>
        <SearchBar filters={filters} change={search}
          toList={() => list.current?.querySelector<HTMLAnchorElement>('td.patient a')?.focus()} />
        <a className="button to-desk" href={route.desk ? '#/' : deskHash('connect')} aria-current={route.desk ? 'page' : undefined} aria-label="Server">
          <Icon name="server" /> <span>Server</span>
        </a>
        <button type="button" className="open-uploads" aria-label="Upload" aria-expanded={uploading} onClick={() => setUploading(!uploading)}>
          <Icon name="upload" /> <span>Upload</span>
        </button>
      </header>
      {error && <p className="trouble banner" role="alert"><Icon name="warning" /> {error}</p>}
      {deletion && <Undo deletion={deletion} close={() => setDeletion(undefined)} changed={ask} />}
      <main>
        {route.desk ? <Desk page={route.desk} info={info} changed={ask} /> : empty
          ? <Welcome info={info} loaded={ask} />
          : <StudyList found={found} open={route.study} page={page} toPage={setPage} filtered={filtered}
              viewer={viewer}
              clear={() => search(noFilters)} list={list} />}
        {route.study && (
          <StudyView uid={route.study} seriesUid={route.series} known={known} revision={revision} viewer={viewer}
            wide={wide} setWide={setWide} deleted={(one) => { setDeletion(one); ask(); }} />
        )}
      </main>
      <Foot info={info} reachable={!error} />
      {uploading && <UploadPanel close={() => setUploading(false)} loaded={ask} />}
      <DropTarget dropped={showUploads} />
    </div>
  );
}

/** What was just deleted, and the way back. */
function Undo({ deletion, close, changed }: { readonly deletion: Deletion; readonly close: () => void; readonly changed: () => void }) {
  const [error, setError] = useState<string>();
  const undo = () => restore(deletion.number).then(() => { changed(); close(); }, (problem: unknown) => setError(sentence(problem)));
  return (
    <p className="undo" role="status">
      <span>{error ?? `Deleted ${count(deletion.instances, 'object')}.`}</span>
      <button type="button" onClick={() => void undo()}>Undo</button>
      <button type="button" className="plain" aria-label="Close this notice" onClick={close}><Icon name="close" /></button>
    </p>
  );
}

function Foot({ info, reachable }: { readonly info: ServerInfo | undefined; readonly reachable: boolean }) {
  return (
    <footer className="foot">
      <span className={`lamp${reachable && info ? ' on' : ''}`} aria-hidden="true" />
      {info && (
        <>
          <span title="The DICOM destination to enter at a scanner">
            {info.aet} at {dicomHost(info)}:{info.dicom.port}
          </span>
          <span className="counts">
            {count(info.counts.patients, 'patient')} · {count(info.counts.studies, 'study', 'studies')}
            {' · '}{count(info.counts.instances, 'image')} · {readableSize(info.counts.bytes)}
          </span>
          <span className="version">{info.product} {info.version}</span>
        </>
      )}
    </footer>
  );
}

/** The value once it has stood still for a while. */
function useSettled<T>(value: T, milliseconds: number): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), milliseconds);
    return () => clearTimeout(timer);
  }, [value, milliseconds]);
  return settled;
}
