import { useState } from 'react';
import { count } from '../dicom/words';
import { sentence } from '../server/http';
import { getDeletions, restore, type Deletion } from '../server/desk';
import { usePolled } from './usePolled';

/** What was deleted. The files stay, so that each deletion can be undone. */
export function Deleted({ changed }: { readonly changed: () => void }) {
  const [deletions, again] = usePolled(5000, getDeletions);
  const [error, setError] = useState<string>();
  const undo = (one: Deletion) => {
    restore(one.number).then(() => { setError(undefined); again(); changed(); }, (problem: unknown) => setError(sentence(problem)));
  };
  return (
    <>
      <h2>Deleted</h2>
      {(error ?? deletions.error) && <p className="trouble" role="alert">{error ?? deletions.error}</p>}
      {deletions.value?.length === 0 && <p className="hint">Nothing was deleted.</p>}
      <ul className="calls">
        {deletions.value?.map((one) => (
          <li key={one.number}>
            <p>
              <b>{count(one.instances, 'object')}</b> <span className="soft">by {one.who || 'somebody'}</span>
              <time dateTime={one.at}>{new Date(one.at).toLocaleString()}</time>
            </p>
            {one.restoredAt
              ? <p className="soft">Undone {new Date(one.restoredAt).toLocaleString()}</p>
              : <p><button type="button" aria-label={`Undo deletion ${one.number}`} onClick={() => undo(one)}>Undo</button></p>}
          </li>
        ))}
      </ul>
    </>
  );
}
