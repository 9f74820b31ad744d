import { useState } from 'react';
import { sentence } from '../server/http';
import { addNode, getCalls, runSelfTest, type Call, type Step } from '../server/desk';
import { dicomHost, type ServerInfo } from '../server/server';
import { usePolled } from './usePolled';

const between = 2000; // milliseconds

/** What to type into the scanner, who called, and whether the server itself is well. */
export function Connect({ info }: { readonly info: ServerInfo | undefined }) {
  const [calls, again] = usePolled(between, getCalls);
  return (
    <>
      <h2>Connect a modality</h2>
      <p>Enter this as a DICOM destination (store, query, retrieve) at the scanner or workstation, then send a C-ECHO.</p>
      {info && (
        <dl className="facts">
          <div><dt>AE title</dt><dd>{info.aet}</dd></div>
          <div><dt>Host</dt><dd>{dicomHost(info)}</dd></div>
          <div><dt>Port</dt><dd>{info.dicom.port}</dd></div>
        </dl>
      )}
      {info && isLocal(info.dicom.address) && (
        <p className="hint">This server listens on this machine only. Other machines reach it once it is started with an address of its own: <code>isocenter serve --listen ADDRESS</code>.</p>
      )}
      <h3>Who called</h3>
      {calls.error && <p className="trouble" role="alert">{calls.error}</p>}
      {calls.value?.length === 0 && <p className="hint">Nobody yet. A call appears here as it comes in.</p>}
      <ul className="calls" aria-live="polite">
        {calls.value?.map((call) => <CallRow key={`${call.id} ${call.at}`} call={call} again={again} />)}
      </ul>
      <SelfTest />
    </>
  );
}

function CallRow({ call, again }: { readonly call: Call; readonly again: () => void }) {
  const accepted = call.proposals.filter((one) => one.accepted).length;
  return (
    <li className={call.refused ? 'refused' : undefined}>
      <p>
        <b>{call.calling || 'No AE title'}</b> <span>{call.address}</span> <span className="soft">calls {call.called || '?'}</span>
        {call.software && <span className="soft"> · {call.software}</span>}
        <time dateTime={call.at}>{new Date(call.at).toLocaleTimeString()}</time>
      </p>
      <p className={call.refused ? 'bad' : 'soft'}>{call.message}</p>
      {call.proposals.length > 0 && (
        <details>
          <summary>{accepted} of {call.proposals.length} proposals accepted</summary>
          <ul className="proposals">
            {call.proposals.map((one, at) => <li key={at} className={one.accepted ? undefined : 'bad'}><b>{one.what}</b> {one.how}</li>)}
          </ul>
        </details>
      )}
      {call.known ? <p className="soft">A known node: studies can be sent to it.</p> : call.calling && call.address && <Allow call={call} again={again} />}
    </li>
  );
}

/** Makes a caller a known node, so that it may retrieve by C-MOVE and be sent to. */
function Allow({ call, again }: { readonly call: Call; readonly again: () => void }) {
  const [port, setPort] = useState('104');
  const [error, setError] = useState<string>();
  const allow = () => {
    addNode({ aet: call.calling, host: call.address ?? '', port: Number(port) }).then(() => {
      setError(undefined);
      again();
    }, (problem: unknown) => setError(sentence(problem)));
  };
  return (
    <form className="row" onSubmit={(event) => { event.preventDefault(); allow(); }}>
      <label>Its port <input inputMode="numeric" size={6} value={port} onChange={(event) => setPort(event.target.value)} /></label>
      <button type="submit" aria-label={`Add ${call.calling} as a known node`}>Add as a known node</button>
      {error && <span className="bad" role="alert">{error}</span>}
    </form>
  );
}

function SelfTest() {
  const [steps, setSteps] = useState<readonly Step[]>();
  const [running, setRunning] = useState(false);
  const [error, setError] = useState<string>();
  const run = () => {
    setRunning(true);
    runSelfTest().then((done) => { setSteps(done); setError(undefined); }, (problem: unknown) => setError(sentence(problem))).finally(() => setRunning(false));
  };
  return (
    <>
      <h3>Self-test</h3>
      <p className="row">
        <button type="button" disabled={running} onClick={run}>{running ? 'Testing …' : 'Test this server'}</button>
        <span className="hint">Stores, answers, draws: nothing is left behind.</span>
      </p>
      {error && <p className="trouble" role="alert">{error}</p>}
      <ul className="steps" aria-live="polite">
        {steps?.map((step) => (
          <li key={step.name} className={step.good ? 'good' : 'bad'}>
            <b>{step.good ? 'Good' : 'Not good'}: {step.name}</b> <span className="soft">{step.result}</span>
          </li>
        ))}
      </ul>
    </>
  );
}

function isLocal(address: string): boolean {
  return address === '::1' || address.startsWith('127.');
}
