import { useCallback, useEffect, useState } from 'react';
import { useLoaded, type Loaded } from '../page/useLoaded';

/** What `load` gives, asked again every so many milliseconds while the page is seen, and at once by the second value. */
export function usePolled<T>(milliseconds: number, load: (signal: AbortSignal) => Promise<T>): [Loaded<T>, () => void] {
  const [round, setRound] = useState(0);
  const again = useCallback(() => setRound((n) => n + 1), []);
  useEffect(() => {
    const timer = setInterval(() => document.visibilityState === 'visible' && again(), milliseconds);
    return () => clearInterval(timer);
  }, [milliseconds, again]);
  return [useLoaded(String(round), load, true), again];
}
