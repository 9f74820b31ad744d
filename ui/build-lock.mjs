// Several builds may want the same work at the same moment (MSBuild builds projects side by side): one does it, the
// others wait, and find it done.

import fs from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

const longestBuild = 10 * 60_000; // milliseconds; a lock older than this belongs to nobody

export function readIfThere(file) {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

async function take(lock) {
  const giveUp = Date.now() + longestBuild;
  for (;;) {
    try {
      fs.writeFileSync(lock, String(process.pid), { flag: 'wx' });
      return;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const holder = Number(readIfThere(lock));
    const age = Date.now() - (fs.statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (age > longestBuild || (holder > 0 && !isAlive(holder))) fs.rmSync(lock, { force: true });
    else if (Date.now() > giveUp) throw new Error(`another build holds ${lock}`);
    else await wait(200);
  }
}

export async function withLock(lock, work) {
  await take(lock);
  try {
    await work();
  } finally {
    fs.rmSync(lock, { force: true });
  }
}

/** Old versions of Node are told from none by nobody: both mean that the pages are left out. */
export function isNodeNewEnough() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  return major > 20 || (major === 20 && minor >= 19);
}
