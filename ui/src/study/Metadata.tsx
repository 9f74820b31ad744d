import { useEffect, useMemo, useRef, useState } from 'react';
import { attributeRows } from '../dicom/rows';
import { getAttributeNames } from '../server/desk';
import { Icon } from '../page/Icon';
import { useLoaded } from '../page/useLoaded';
import { getInstances, getMetadata, type Series } from '../server/studies';

const most = 2000; // rows on the page at a time

/** Every attribute of one object of a series, with a search through names and values. */
export function Metadata({ series, close }: { readonly series: Series; readonly close: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [words, setWords] = useState('');
  const [at, setAt] = useState(0);
  useEffect(() => dialog.current?.showModal(), []);
  const instances = useLoaded(series.uid, (signal) => getInstances(series.study, series.uid, signal), true);
  const instance = instances.value?.[at];
  const metadata = useLoaded(instance?.uid ?? '', async (signal) => (instance ? getMetadata(series.study, series.uid, instance.uid, signal) : undefined), true);
  const names = useLoaded('names', getAttributeNames);
  const rows = useMemo(() => (metadata.value ? attributeRows(metadata.value, names.value ?? {}) : []), [metadata.value, names.value]);
  const wanted = words.trim().toLowerCase();
  const found = wanted === '' ? rows : rows.filter((row) => `${row.tag} ${row.vr} ${row.name} ${row.value}`.toLowerCase().includes(wanted));
  const count = instances.value?.length ?? 0;
  return (
    <dialog ref={dialog} className="metadata" aria-label="Attributes" onClose={close} onKeyDown={(event) => event.stopPropagation()}>
      <header className="row">
        <label className="search"><span className="unseen">Search the attributes</span>
          <input type="search" placeholder="Search tags, names, values" value={words} onChange={(event) => setWords(event.target.value)} />
        </label>
        <output>{found.length} of {rows.length}</output>
        {count > 1 && (
          <label>Object <input type="number" min={1} max={count} value={at + 1}
            onChange={(event) => setAt(Math.max(0, Math.min(count - 1, Number(event.target.value) - 1)))} /> of {count}</label>
        )}
        <button type="button" className="plain" aria-label="Close the attributes" onClick={() => dialog.current?.close()}><Icon name="close" /></button>
      </header>
      {(instances.error ?? metadata.error) && <p className="trouble" role="alert">{instances.error ?? metadata.error}</p>}
      <div className="scroller" tabIndex={0} role="region" aria-label="List of attributes">
        <table>
          <thead><tr><th scope="col">Tag</th><th scope="col">VR</th><th scope="col">Attribute</th><th scope="col">Value</th></tr></thead>
          <tbody>
            {found.slice(0, most).map((row) => (
              <tr key={row.path} data-depth={Math.min(row.depth, 4)}>
                <td>{row.tag}</td><td>{row.vr}</td><td>{row.name}</td><td>{row.value}</td>
              </tr>
            ))}
          </tbody>
        </table>
        {found.length > most && <p className="hint">The first {most} are shown: search for the others.</p>}
      </div>
    </dialog>
  );
}
