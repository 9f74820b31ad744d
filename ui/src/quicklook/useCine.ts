import { useCallback, useEffect, useState } from 'react';

export interface Cine {
  readonly playing: boolean;
  readonly rate: number;
  readonly setRate: (perSecond: number) => void;
  readonly toggle: () => void;
}

/**
 * Calls `next` so many times a second while playing.
 * @param preferred pictures per second the image asks for; taken until somebody moves the slider
 */
export function useCine(count: number, preferred: number | undefined, next: () => void): Cine {
  const [playing, setPlaying] = useState(false);
  const [chosen, setChosen] = useState<number>();
  const rate = chosen ?? Math.max(1, Math.min(60, Math.round(preferred ?? 15)));

  useEffect(() => {
    if (!playing || count < 2) return;
    const timer = setInterval(next, 1000 / rate);
    return () => clearInterval(timer);
  }, [playing, count, rate, next]);

  return { playing, rate, setRate: setChosen, toggle: useCallback(() => setPlaying((now) => !now), []) };
}
