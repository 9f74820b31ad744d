import { request } from './http';

// What the desk asks of the server: its own addresses below api/, as JSON.

export interface Proposal { readonly what: string; readonly accepted: boolean; readonly how: string }

export interface Call {
  readonly id: number;
  readonly at: string;
  readonly calling: string;
  readonly called: string;
  readonly address: string | null;
  readonly software: string | null;
  readonly state: string;
  readonly refused: boolean;
  readonly message: string;
  readonly known: boolean;
  readonly proposals: readonly Proposal[];
}

export interface Node { readonly aet: string; readonly host: string; readonly port: number }

export interface Job {
  readonly number: number;
  readonly at: string;
  readonly study: string;
  readonly node: string;
  readonly state: 'waiting' | 'running' | 'done' | 'failed';
  readonly total: number;
  readonly stored: number;
  readonly failed: number;
  readonly problem: string | null;
}

export interface Deletion {
  readonly number: number;
  readonly at: string;
  readonly who: string;
  readonly instances: number;
  readonly restoredAt?: string;
}

export interface Conflict {
  readonly number: number;
  readonly at: string;
  readonly study: string;
  readonly attribute: string;
  readonly known: string;
  readonly incoming: string;
}

export interface Correction {
  readonly number: number;
  readonly at: string;
  readonly who: string;
  readonly reason: string;
  readonly set: Readonly<Record<string, string>>;
  readonly undone?: { readonly at: string; readonly reason: string };
}

export interface Count { readonly name: string; readonly count: number }

export interface Setting {
  readonly name: string;
  readonly value: string;
  readonly default: string;
  readonly source: string;
  readonly effect: string;
}

export interface Step { readonly name: string; readonly good: boolean; readonly result: string }

async function ask<T>(address: string, signal?: AbortSignal): Promise<T> {
  return (await (await request(`api/${address}`, { ...(signal && { signal }) })).json()) as T;
}

async function tell(address: string, body?: unknown): Promise<Response> {
  return request(`api/${address}`, {
    method: 'POST',
    ...(body !== undefined && { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } }),
  });
}

export const getCalls = async (signal?: AbortSignal) => (await ask<{ calls: Call[] }>('calls', signal)).calls;
export const getNodes = (signal?: AbortSignal) => ask<{ nodes: Node[]; canAdd: boolean }>('nodes', signal);
export const addNode = (node: Node) => tell('nodes', node);
export const getJobs = async (signal?: AbortSignal) => (await ask<{ jobs: Job[] }>('jobs', signal)).jobs;
export const sendStudy = (study: string, node: string) => tell('jobs', { study, node });
export const retryJob = (number: number) => tell(`jobs/${number}/retry`);
export const getDeletions = async (signal?: AbortSignal) => (await ask<{ deletions: Deletion[] }>('deletions', signal)).deletions;
export const restore = (number: number) => tell(`deletions/${number}/restore`);
export const getConflicts = async (signal?: AbortSignal) => (await ask<{ conflicts: Conflict[] }>('conflicts', signal)).conflicts;
export const resolveConflict = (number: number, note: string) => tell(`conflicts/${number}/resolve`, { note });
export const getCorrections = async (signal?: AbortSignal) => (await ask<{ corrections: Correction[] }>('corrections', signal)).corrections;
export const undoCorrection = (number: number, reason: string) => tell(`corrections/${number}/undo`, { reason });
export const getUsage = (signal?: AbortSignal) => ask<{ modalities: Count[]; months: Count[] }>('usage', signal);
export const getSettings = async (signal?: AbortSignal) => (await ask<{ settings: Setting[] }>('settings', signal)).settings;

export async function deleteStudy(study: string): Promise<Deletion> {
  return (await (await tell(`studies/${study}/delete`)).json()) as Deletion;
}

export async function runSelfTest(): Promise<readonly Step[]> {
  return ((await (await tell('self-test')).json()) as { steps: Step[] }).steps;
}

/** The names of PS3.6, by tag. */
export const getAttributeNames = (signal?: AbortSignal) => ask<Readonly<Record<string, string>>>('attributes', signal);
