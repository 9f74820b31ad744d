import { useState } from 'react';
import { Icon } from '../page/Icon';
import { deskHash, go } from '../page/route';
import { useLoaded } from '../page/useLoaded';
import { deleteStudy, getNodes, sendStudy, type Deletion } from '../server/desk';
import { sentence } from '../server/http';

/** What can be done with a whole study: take it along, send it on, delete it. */
export function StudyActions({ study, deleted }: { readonly study: string; readonly deleted: (deletion: Deletion) => void }) {
  const [open, setOpen] = useState<'send' | 'delete'>();
  const [error, setError] = useState<string>();
  const fail = (problem: unknown) => setError(sentence(problem));
  const remove = () => deleteStudy(study).then((deletion) => { deleted(deletion); go(); }, fail);
  return (
    <div className="actions" role="group" aria-label="Study">
      <a className="button" href={`api/studies/${study}/zip`} download><Icon name="download" /> Download</a>
      <button type="button" aria-expanded={open === 'send'} onClick={() => setOpen(open === 'send' ? undefined : 'send')}><Icon name="send" /> Send</button>
      <button type="button" aria-expanded={open === 'delete'} onClick={() => setOpen(open === 'delete' ? undefined : 'delete')}><Icon name="trash" /> Delete</button>
      {open === 'send' && <Send study={study} fail={fail} />}
      {open === 'delete' && (
        <p className="row">
          <span>Delete this study? It can be undone.</span>
          <button type="button" className="danger" onClick={() => void remove()}>Delete the study</button>
          <button type="button" onClick={() => setOpen(undefined)}>Keep it</button>
        </p>
      )}
      {error && <p className="trouble" role="alert">{error}</p>}
    </div>
  );
}

function Send({ study, fail }: { readonly study: string; readonly fail: (problem: unknown) => void }) {
  const known = useLoaded('nodes', getNodes);
  const [node, setNode] = useState('');
  const nodes = known.value?.nodes ?? [];
  const chosen = node || nodes[0]?.aet;
  if (known.error) return <p className="trouble" role="alert">{known.error}</p>;
  if (!known.value) return null;
  if (nodes.length === 0) return <p className="hint">No other node is known. Add one on <a className="link" href={deskHash('connect')}>Connect a modality</a>, or with <code>isocenter node add</code>.</p>;
  return (
    <form className="row" onSubmit={(event) => {
      event.preventDefault();
      if (chosen) sendStudy(study, chosen).then(() => { location.hash = deskHash('jobs'); }, fail);
    }}>
      <label>To <select value={chosen} onChange={(event) => setNode(event.target.value)}>
        {nodes.map((one) => <option key={one.aet} value={one.aet}>{one.aet} at {one.host}:{one.port}</option>)}
      </select></label>
      <button type="submit" className="main">Send the study</button>
    </form>
  );
}
