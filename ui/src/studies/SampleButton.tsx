import { useState } from 'react';
import { go } from '../page/route';
import { sentence } from '../server/http';
import { loadSampleStudy } from '../server/server';

interface SampleButtonProps {
  readonly loaded: () => void;
  readonly main?: boolean;
}

/** Has the server make its sample study, and opens it. */
export function SampleButton({ loaded, main = false }: SampleButtonProps) {
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
    <>
      <button type="button" className={main ? 'main' : ''} disabled={busy} onClick={() => void load()}>
        {busy ? 'Loading …' : 'Load a sample study'}
      </button>
      {trouble && <p className="trouble" role="alert">{trouble}</p>}
    </>
  );
}
