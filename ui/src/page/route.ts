import { useSyncExternalStore } from 'react';

/** Where in the page we are. It stands behind the `#`, which browsers keep from the server and its logs. */
export interface Route {
  readonly study: string | undefined;
  readonly series: string | undefined;
  readonly desk: DeskPage | undefined;
}

const deskPages = ['connect', 'jobs', 'deleted', 'conflicts', 'numbers', 'settings'] as const;

/** A page about the server itself. */
export type DeskPage = (typeof deskPages)[number];

export function useRoute(): Route {
  const hash = useSyncExternalStore(subscribe, () => location.hash);
  return parse(hash);
}

function subscribe(changed: () => void): () => void {
  window.addEventListener('hashchange', changed);
  return () => window.removeEventListener('hashchange', changed);
}

function parse(hash: string): Route {
  const desk = deskPages.find((page) => hash === deskHash(page));
  const found = /^#\/studies\/([0-9.]+)(?:\/series\/([0-9.]+))?$/.exec(hash);
  return { study: found?.[1], series: found?.[2], desk };
}

export function deskHash(page: DeskPage): string {
  return `#/server/${page}`;
}

export function hashOf(study?: string, series?: string): string {
  if (!study) return '#/';
  return series ? `#/studies/${study}/series/${series}` : `#/studies/${study}`;
}

/** @param replace leaves no step in the browser's history, for a change that nobody wants to go back to */
export function go(study?: string, series?: string, replace = false): void {
  if (replace) location.replace(hashOf(study, series));
  else location.hash = hashOf(study, series);
}
