import { count, readableSize } from '../dicom/words';
import { Icon } from '../page/Icon';
import { hashOf } from '../page/route';
import { SampleButton } from '../studies/SampleButton';
import { Pick } from './Pick';
import { uploads, useUploads, type Upload, type UploadsView } from './queue';

const shownAtMost = 200;

/** What is on its way to the server, what has arrived, and why the rest was refused. */
export function UploadPanel({ close, loaded }: { readonly close: () => void; readonly loaded: () => void }) {
  const view = useUploads();
  const total = view.all.length;
  const percent = view.bytes === 0 ? 0 : Math.round((view.bytesSent / view.bytes) * 100);
  return (
    <aside className="uploads" aria-label="Upload">
      <header>
        <h2>Upload</h2>
        <Pick />
        <button type="button" className="plain" aria-label="Close the upload panel" onClick={close}><Icon name="close" /></button>
      </header>
      {total === 0
        ? (
          <div className="hint">
            <p>Drop files or folders anywhere on the page, or choose them here.</p>
            <SampleButton loaded={loaded} />
          </div>
        )
        : (
          <>
            <div className="summary" role="status">
              <strong>{headline(view)}</strong>
              <span>{view.running ? `${readableSize(view.bytesSent)} of ${readableSize(view.bytes)}` : readableSize(view.bytes)}</span>
            </div>
            <progress max={100} value={view.running ? percent : 100} aria-label="All files" />
            <ul>
              {shown(view.all).map((upload) => <Row key={upload.id} upload={upload} />)}
              {total > shownAtMost && <li className="hint">and {count(total - shownAtMost, 'more file')}</li>}
            </ul>
            <footer>
              {view.studies.length === 1 && !view.running && (
                <a className="button main" href={hashOf(view.studies[0])}>Open the study</a>
              )}
              {view.refused > 0 && !view.running && (
                <button type="button" onClick={() => uploads.retryRefused()}>Try again</button>
              )}
              <button type="button" onClick={() => uploads.clear()}>{view.running ? 'Stop' : 'Clear the list'}</button>
            </footer>
          </>
        )}
    </aside>
  );
}

function headline(view: UploadsView): string {
  const total = view.all.length;
  return [
    `${view.stored.toLocaleString('en')} of ${count(total, 'file')} stored`,
    view.refused > 0 ? `${view.refused.toLocaleString('en')} refused` : '',
    view.skipped > 0 ? `${view.skipped.toLocaleString('en')} left out` : '',
  ].filter(Boolean).join(' · ');
}

/** What needs a look comes first. Not sorted: this runs many times a second, perhaps over 100 000 files. */
function shown(all: readonly Upload[]): Upload[] {
  const first: Upload[] = [];
  for (const state of ['refused', 'sending', 'waiting', 'stored'] as const) {
    for (const upload of all) {
      if (first.length === shownAtMost) return first;
      if (upload.state === state) first.push(upload);
    }
  }
  return first;
}

function Row({ upload }: { readonly upload: Upload }) {
  return (
    <li className={upload.state}>
      <span className="path" title={upload.path}>{upload.path}</span>
      <span className="state">
        {upload.state === 'stored' && <><Icon name="check" /> stored</>}
        {upload.state === 'refused' && <><Icon name="warning" /> refused</>}
        {upload.state === 'waiting' && 'waiting'}
        {upload.state === 'sending' && <progress max={upload.size || 1} value={upload.sent} aria-label={upload.path} />}
      </span>
      {upload.reason !== '' && <span className="reason">{upload.reason}</span>}
    </li>
  );
}
