import { useState } from 'react';
import { hashOf } from '../page/route';
import { sentence } from '../server/http';
import { getConflicts, getCorrections, resolveConflict, undoCorrection, type Conflict, type Correction } from '../server/desk';
import { usePolled } from './usePolled';

/** Objects that contradict each other, for a person to look at; and what was corrected, to be undone. */
export function Conflicts({ changed }: { readonly changed: () => void }) {
  const [conflicts, again] = usePolled(5000, getConflicts);
  const [corrections, correctionsAgain] = usePolled(5000, getCorrections);
  const [error, setError] = useState<string>();
  const done = (work: Promise<unknown>, then: () => void) => {
    work.then(() => { setError(undefined); then(); }, (problem: unknown) => setError(sentence(problem)));
  };
  const trouble = error ?? conflicts.error ?? corrections.error;
  return (
    <>
      <h2>Conflicts</h2>
      <p className="hint">
        Objects came that say something else of their patient or study than was known. Both are kept as they are, and each study is found by
        what its own objects say. What is wrong is corrected with “isocenter correct” or /api/corrections.
      </p>
      {trouble && <p className="trouble" role="alert">{trouble}</p>}
      {conflicts.value?.length === 0 && <p className="hint">Nothing waits.</p>}
      <ul className="calls">
        {conflicts.value?.map((one) => <ConflictItem key={one.number} conflict={one} resolve={(note) => done(resolveConflict(one.number, note), again)} />)}
      </ul>
      <h2>Corrected</h2>
      {corrections.value?.length === 0 && <p className="hint">Nothing was corrected.</p>}
      <ul className="calls">
        {corrections.value?.map((one) => (
          <CorrectionItem key={one.number} correction={one} undo={(reason) => done(undoCorrection(one.number, reason), () => { correctionsAgain(); changed(); })} />
        ))}
      </ul>
    </>
  );
}

function ConflictItem({ conflict, resolve }: { readonly conflict: Conflict; readonly resolve: (note: string) => void }) {
  const [note, setNote] = useState('');
  return (
    <li className="refused">
      <p>
        <b>{conflict.attribute}</b>: “{conflict.known}” was known, “{conflict.incoming}” came{' '}
        <a href={hashOf(conflict.study)}>in this study</a>
        <time dateTime={conflict.at}>{new Date(conflict.at).toLocaleString()}</time>
      </p>
      <form onSubmit={(event) => { event.preventDefault(); resolve(note); }}>
        <label>What was decided <input value={note} maxLength={1000} onChange={(event) => setNote(event.target.value)} /></label>{' '}
        <button type="submit" aria-label={`Conflict ${conflict.number} is looked at`}>Looked at</button>
      </form>
    </li>
  );
}

function CorrectionItem({ correction, undo }: { readonly correction: Correction; readonly undo: (reason: string) => void }) {
  const [reason, setReason] = useState('');
  return (
    <li>
      <p>
        <b>{Object.entries(correction.set).map(([name, value]) => `${name} = ${value}`).join(', ')}</b>{' '}
        <span className="soft">by {correction.who || 'somebody'}: {correction.reason}</span>
        <time dateTime={correction.at}>{new Date(correction.at).toLocaleString()}</time>
      </p>
      {correction.undone
        ? <p className="soft">Undone {new Date(correction.undone.at).toLocaleString()}: {correction.undone.reason}</p>
        : (
          <form onSubmit={(event) => { event.preventDefault(); undo(reason); }}>
            <label>Why it is undone <input value={reason} required maxLength={1000} onChange={(event) => setReason(event.target.value)} /></label>{' '}
            <button type="submit" aria-label={`Undo correction ${correction.number}`}>Undo</button>
          </form>
        )}
    </li>
  );
}
