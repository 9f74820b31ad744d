import { useState } from 'react';
import { Icon, Logo } from '../page/Icon';
import { go } from '../page/route';
import { sentence } from '../server/http';
import { dicomHost, loadSampleStudy, type ServerInfo } from '../server/server';
import { Pick } from '../upload/Pick';

interface WelcomeProps {
  readonly info: ServerInfo | undefined;
  readonly loaded: () => void;
}

/** What an empty archive shows: three ways to get the first image in. */
export function Welcome({ info, loaded }: WelcomeProps) {
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState('');

  const load = async () => {
    setBusy(true);
    setTrouble('');
    try {
      const study = await loadSampleStudy();
      loaded();
      if (study) go(study);
    } catch (error) {
      setTrouble(sentence(error));
    }
    setBusy(false);
  };

  return (
    <section className="welcome" aria-labelledby="welcome">
      <Logo />
      <h1 id="welcome">Welcome to Isocenter</h1>
      <p>Your archive is running and still empty. Bring in the first images:</p>
      <div className="ways">
        <div className="way">
          <Icon name="scanner" />
          <h2>Look around</h2>
          <p>A made-up patient with a CT, an MR and an ultrasound.</p>
          <button type="button" className="main" disabled={busy} onClick={() => void load()}>
            {busy ? 'Loading …' : 'Load a sample study'}
          </button>
          {trouble && <p className="trouble" role="alert">{trouble}</p>}
        </div>
        <div className="way">
          <Icon name="upload" />
          <h2>Upload</h2>
          <p>Drop files or whole folders anywhere on this page, or choose them.</p>
          <Pick />
        </div>
        <div className="way">
          <Icon name="next" />
          <h2>Send from a scanner</h2>
          <p>Enter this as a DICOM destination:</p>
          {info && (
            <dl>
              <dt>AE title</dt><dd>{info.aet}</dd>
              <dt>Host</dt><dd>{dicomHost(info)}</dd>
              <dt>Port</dt><dd>{info.dicom.port}</dd>
            </dl>
          )}
        </div>
      </div>
    </section>
  );
}
