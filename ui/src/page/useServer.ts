import { useCallback, useEffect, useState } from 'react';
import { isAbort, sentence } from '../server/http';
import { getInfo, type ServerInfo } from '../server/server';

const between = 5000; // milliseconds between two questions, while somebody looks at the page

export interface Server {
  readonly info: ServerInfo | undefined;
  readonly error: string | undefined;
  /** Grows whenever the archive was seen to hold something else than before. */
  readonly revision: number;
  /** Asks now instead of later. */
  readonly ask: () => void;
}

/** The server's own state. A scanner may send at any time, so it is asked again and again. */
export function useServer(): Server {
  const [state, setState] = useState<{ info?: ServerInfo; error?: string; revision: number }>({ revision: 0 });
  const [asked, setAsked] = useState(0);

  useEffect(() => {
    const cancel = new AbortController();
    let timer: ReturnType<typeof setTimeout>;
    const next = async () => {
      clearTimeout(timer);
      if (document.visibilityState === 'visible') {
        try {
          const info = await getInfo(cancel.signal);
          setState((old) => ({ info, revision: old.revision + (isNews(old.info, info) ? 1 : 0) }));
        } catch (error) {
          if (cancel.signal.aborted || isAbort(error)) return;
          setState((old) => ({ ...old, error: sentence(error) }));
        }
      }
      if (!cancel.signal.aborted) timer = setTimeout(() => void next(), between);
    };
    const seen = () => document.visibilityState === 'visible' && void next();
    document.addEventListener('visibilitychange', seen);
    void next();
    return () => {
      document.removeEventListener('visibilitychange', seen);
      clearTimeout(timer);
      cancel.abort();
    };
  }, [asked]);

  return { info: state.info, error: state.error, revision: state.revision, ask: useCallback(() => setAsked((n) => n + 1), []) };
}

function isNews(before: ServerInfo | undefined, now: ServerInfo): boolean {
  return before !== undefined
    && (before.counts.instances !== now.counts.instances || before.counts.studies !== now.counts.studies);
}
