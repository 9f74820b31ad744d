import { useEffect, useRef, useState } from 'react';
import { isAbort, sentence } from '../server/http';

export interface Loaded<T> {
  readonly value: T | undefined;
  readonly error: string | undefined;
  readonly loading: boolean;
}

interface Answer<T> {
  readonly key: string;
  readonly value?: T;
  readonly error?: string;
}

/**
 * What `load` gives, asked again whenever `key` changes. Until the answer for a new key is there, the value of the old
 * one is kept when `keep` is set, so that a list does not flicker; else it is undefined.
 */
export function useLoaded<T>(key: string, load: (signal: AbortSignal) => Promise<T>, keep = false): Loaded<T> {
  const [answer, setAnswer] = useState<Answer<T>>();
  const latest = useRef(load);
  latest.current = load;

  useEffect(() => {
    const cancel = new AbortController();
    latest.current(cancel.signal).then(
      (value) => {
        if (!cancel.signal.aborted) setAnswer({ key, value });
      },
      (error: unknown) => {
        if (!cancel.signal.aborted && !isAbort(error)) setAnswer({ key, error: sentence(error) });
      },
    );
    return () => cancel.abort();
  }, [key]);

  const current = answer?.key === key;
  return {
    value: current || keep ? answer?.value : undefined,
    error: current ? answer?.error : undefined,
    loading: !current,
  };
}
