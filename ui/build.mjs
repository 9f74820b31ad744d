// Builds the pages into dist/, for eng/Ui.targets: `node build.mjs`.
//
// Several builds may run this at the same moment (MSBuild builds projects side by side), so the work stands behind a
// lock file, and whoever comes second finds it done: dist/.sources holds the hash of everything dist/ was made from.
// npm is asked for packages only when the lock file is another one than that of the packages in place.

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { isNodeNewEnough, readIfThere, withLock } from './build-lock.mjs';

const root = path.dirname(fileURLToPath(import.meta.url));
const at = (...names) => path.join(root, ...names);

const settings = ['package.json', 'package-lock.json', '.npmrc', 'tsconfig.json', 'vite.config.ts', 'index.html'];

function hashOf(files) {
  const hash = createHash('sha256');
  for (const file of files) {
    hash.update(path.relative(root, file).replaceAll('\\', '/')).update('\0');
    hash.update(fs.readFileSync(file)).update('\0');
  }
  return hash.digest('hex');
}

function filesBelow(folder) {
  return fs.readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}

function npm(...args) {
  const run = spawnSync('npm', args, { cwd: root, encoding: 'utf8', shell: process.platform === 'win32' });
  if (run.status === 0) return;
  process.stderr.write(`npm ${args.join(' ')} failed in ${root}\n${run.stdout ?? ''}${run.stderr ?? run.error ?? ''}\n`);
  process.exitCode = 1;
  throw new Error('npm');
}

function build() {
  const sources = hashOf([...settings.map((name) => at(name)), ...filesBelow(at('src')), ...filesBelow(at('public'))]);
  if (readIfThere(at('dist', '.sources')) === sources && fs.existsSync(at('dist', 'index.html'))) {
    const now = new Date();
    fs.utimesSync(at('dist', 'index.html'), now, now); // tells MSBuild that dist/ is newer than the sources
    return;
  }

  const packages = hashOf([at('package.json'), at('package-lock.json'), at('.npmrc')]);
  const installed = at('node_modules', '.installed');
  if (readIfThere(installed) !== packages) {
    npm('ci', '--no-audit', '--no-fund');
    fs.writeFileSync(installed, packages);
  }

  npm('run', 'build', '--', '--outDir', 'dist.new', '--emptyOutDir');
  fs.writeFileSync(at('dist.new', '.sources'), sources);
  fs.rmSync(at('dist'), { recursive: true, force: true });
  fs.renameSync(at('dist.new'), at('dist'));
}

if (!isNodeNewEnough()) {
  process.stderr.write(`Node ${process.versions.node} is too old to build the pages; 20.19 is the oldest that can\n`);
  process.exitCode = 3; // eng/Ui.targets treats this like no Node at all
} else {
  try {
    await withLock(at('.build-lock'), build);
  } catch (error) {
    if (error.message !== 'npm') throw error;
  }
}
