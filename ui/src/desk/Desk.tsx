import { useEffect, useRef } from 'react';
import { deskHash, type DeskPage } from '../page/route';
import type { ServerInfo } from '../server/server';
import { Conflicts } from './Conflicts';
import { Connect } from './Connect';
import { Deleted } from './Deleted';
import { Jobs } from './Jobs';
import { Numbers } from './Numbers';
import { Settings } from './Settings';

const pages: readonly (readonly [DeskPage, string])[] = [
  ['connect', 'Connect a modality'], ['jobs', 'Jobs'], ['deleted', 'Deleted'], ['conflicts', 'Conflicts'], ['numbers', 'Numbers'], ['settings', 'Settings'],
];

/** Everything about the server that is not a study. */
export function Desk({ page, info, changed }: {
  readonly page: DeskPage;
  readonly info: ServerInfo | undefined;
  /** The archive holds something else than before. */
  readonly changed: () => void;
}) {
  const section = useRef<HTMLElement>(null);
  useEffect(() => section.current?.focus({ preventScroll: true }), [page]);
  return (
    <section className="desk" ref={section} tabIndex={-1} aria-label="Server">
      <nav aria-label="Server">
        {pages.map(([key, name]) => <a key={key} href={deskHash(key)} aria-current={key === page ? 'page' : undefined}>{name}</a>)}
      </nav>
      <div className="paper" role="region" aria-label="Page" tabIndex={0}>
        {page === 'connect' && <Connect info={info} />}
        {page === 'jobs' && <Jobs />}
        {page === 'deleted' && <Deleted changed={changed} />}
        {page === 'conflicts' && <Conflicts changed={changed} />}
        {page === 'numbers' && <Numbers info={info} />}
        {page === 'settings' && <Settings />}
      </div>
    </section>
  );
}
