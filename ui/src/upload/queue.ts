import { useSyncExternalStore } from 'react';
import { isAbort, sentence } from '../server/http';
import { isBystander, type PickedFile } from './files';
import { storeFile } from './store';
import { isZip, membersOf } from './zip';

export type UploadState = 'waiting' | 'sending' | 'stored' | 'refused';

export interface Upload {
  readonly id: number;
  readonly path: string;
  readonly size: number;
  readonly sent: number;
  readonly state: UploadState;
  readonly reason: string;
}

/** What the panel shows; a new object whenever something changed, at most one per frame of the screen. */
export interface UploadsView {
  readonly all: readonly Upload[];
  readonly stored: number;
  readonly refused: number;
  readonly skipped: number;
  readonly bytes: number;
  readonly bytesSent: number;
  readonly running: boolean;
  readonly studies: readonly string[];
}

const atOnce = 4;

/** The files on their way to the server. Lives as long as the page, whatever part of it is shown. */
class UploadQueue {
  #uploads: Upload[] = [];
  #files = new Map<number, PickedFile>();
  #studies = new Set<string>();
  #skipped = 0;
  #next = 0;
  #sending = 0;
  #cancel = new AbortController();
  #listeners = new Set<() => void>();
  #view = this.#look();
  #scheduled = false;

  readonly subscribe = (changed: () => void): (() => void) => {
    this.#listeners.add(changed);
    return () => this.#listeners.delete(changed);
  };

  readonly view = (): UploadsView => this.#view;

  add(picked: readonly PickedFile[]): void {
    for (const one of picked) {
      if (isBystander(one.path)) this.#skipped++;
      else if (one.file && isZip(one.path)) void this.#addMembers(one.file, one.path);
      else this.#append(one);
    }
    this.#pump();
  }

  async #addMembers(zip: File, path: string): Promise<void> {
    const { signal } = this.#cancel;
    try {
      const members = await membersOf(zip, path);
      if (!signal.aborted) this.add(members);
    } catch (error) {
      if (signal.aborted) return;
      const problem = error instanceof Error ? error : new Error(String(error));
      this.#append({ path, size: zip.size, open: () => Promise.reject(problem) });
      this.#pump();
    }
  }

  #append(one: PickedFile): void {
    const id = this.#uploads.length;
    this.#files.set(id, one);
    this.#uploads.push({ id, path: one.path, size: one.size, sent: 0, state: 'waiting', reason: '' });
  }

  retryRefused(): void {
    for (const upload of this.#uploads) {
      if (upload.state === 'refused') this.#change(upload.id, { state: 'waiting', sent: 0, reason: '' });
    }
    this.#next = 0;
    this.#pump();
  }

  /** Stops what is on its way, and forgets the list. What has arrived stays. */
  clear(): void {
    this.#cancel.abort();
    this.#cancel = new AbortController();
    this.#uploads = [];
    this.#files.clear();
    this.#studies.clear();
    this.#skipped = 0;
    this.#next = 0;
    this.#sending = 0;
    this.#changed();
  }

  #pump(): void {
    while (this.#sending < atOnce && this.#next < this.#uploads.length) {
      const upload = this.#uploads[this.#next++];
      if (upload?.state === 'waiting') void this.#send(upload.id);
    }
    this.#changed();
  }

  async #send(id: number): Promise<void> {
    const file = this.#files.get(id);
    const { signal } = this.#cancel;
    if (!file) return;
    this.#sending++;
    this.#change(id, { state: 'sending' });
    try {
      const content = await file.open();
      if (signal.aborted) return;
      const result = await storeFile(content, (sent) => !signal.aborted && this.#change(id, { sent }), signal);
      if (signal.aborted) return;
      if (result.study) this.#studies.add(result.study);
      this.#files.delete(id);
      this.#change(id, { state: 'stored', sent: file.size });
    } catch (error) {
      if (signal.aborted || isAbort(error)) return;
      this.#change(id, { state: 'refused', sent: file.size, reason: sentence(error) });
    }
    this.#sending--;
    this.#pump();
  }

  #change(id: number, change: Partial<Upload>): void {
    const upload = this.#uploads[id];
    if (upload) this.#uploads[id] = { ...upload, ...change };
    this.#changed();
  }

  #changed(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setTimeout(() => {
      this.#scheduled = false;
      this.#view = this.#look();
      for (const changed of this.#listeners) changed();
    }, 60);
  }

  #look(): UploadsView {
    const sum = (of: (upload: Upload) => number) => this.#uploads.reduce((total, upload) => total + of(upload), 0);
    const inState = (state: UploadState) => this.#uploads.filter((upload) => upload.state === state).length;
    return {
      all: [...this.#uploads],
      stored: inState('stored'),
      refused: inState('refused'),
      skipped: this.#skipped,
      bytes: sum((upload) => upload.size),
      bytesSent: sum((upload) => upload.sent),
      running: inState('waiting') + inState('sending') > 0,
      studies: [...this.#studies],
    };
  }
}

export const uploads = new UploadQueue();

export function useUploads(): UploadsView {
  return useSyncExternalStore(uploads.subscribe, uploads.view);
}
