// Puts the prebuilt OHIF viewer into dist/ as the server serves it, for eng/Viewer.targets: `node prepare.mjs`.
//
// The package is one tarball whose hash stands in package-lock.json; its dependencies are already bundled in it. What
// is changed, because the bundle was built to stand at the root of a site:
//   - chunks, workers and fonts are looked for beside the file that asks for them, not at "/"
//   - index.html is ours: no inline scripts, {{prefix}} where the server writes the path it is reached under, and {{files}} where it
//     writes that of the files: it has a version in it (the file "version"), because what is changed here keeps its published name
//   - start.js is ours: it shows a still of the study's first image until the viewer does
//   - in the scripts, what mends.mjs says
//   - the page names the scripts and styles that every study needs: they come while the first is still read, and start.js runs them before
//     the bundle, which then waits for none
// Left out: source maps, the ONNX runtime (136 MB, for assisted segmentation only; its models would come from the
// net), the service worker, and the published configuration, which points at servers of others. Text and code are
// compressed here, once, as strongly as it goes.
//
// Exit code 3: the package could not be fetched. The server then builds without a viewer, and says so.

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { isNodeNewEnough, readIfThere, withLock } from '../build-lock.mjs';
import { mends } from './mends.mjs';

const root = path.dirname(fileURLToPath(import.meta.url));
const at = (...names) => path.join(root, ...names);
const sources = ['package.json', 'package-lock.json', '.npmrc', 'index.html', 'start.js', 'prepare.mjs', 'mends.mjs'];
const leftOut = /\.map$|^(ort|_headers|_redirects|serve\.json|google\.js|sw\.js|init-service-worker\.js|app-config\.js|index\.html|manifest\.json)([\\/]|$)/;
const compressible = /\.(js|css|wasm|svg|json|html|txt)$/;
const publicPath = '__webpack_require__.p = "/"';

function fetchPackage() {
  const run = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: root, encoding: 'utf8', shell: process.platform === 'win32' });
  if (run.status === 0) return true;
  const said = `${run.stdout ?? ''}${run.stderr ?? run.error ?? ''}`;
  process.stderr.write(`npm ci failed in ${root}\n${said}\n`);
  // A package that is another one than the lock file says is no missing network: nobody may build with it.
  process.exitCode = said.includes('EINTEGRITY') || said.includes('EUSAGE') ? 1 : 3;
  return false;
}

/** Where a chunk finds the others: under the prefix the page was given, or, in a worker, beside itself. */
function relocateScript(text) {
  return text.replaceAll(publicPath, '__webpack_require__.p = self.PUBLIC_URL || new URL("./", self.location.href).href');
}

/** The scripts that the basic viewer asks for one after the other until it shows an image, by the numbers of their chunks, in that order. */
const neededChunks = [4287, 2199, 6409, 9205, 2108, 2851, 3343, 7431, 3081, 5724, 4775, 147, 5485, 5457, 2018, 9927, 1459, 7639, 1403, 6347, 3461, 8305,
  5028, 8558, 2424, 213, 5261, 4819, 2701, 4202, 9845, 1608, 6939, 7159, 9862];

function preloads(dist) {
  const names = fs.readdirSync(dist);
  return neededChunks.map((chunk) => {
    const name = names.find((candidate) => candidate.startsWith(`${chunk}.bundle.`) && candidate.endsWith('.js'));
    if (!name) throw new Error(`there is no chunk ${chunk}: the bundle is built in another way than this script knows`);
    const style = names.includes(`${chunk}.css`) ? `\n    <link rel="preload" as="style" href="{{files}}${chunk}.css">` : '';
    return `<link rel="preload" as="script" href="{{files}}${name}">${style}`;
  }).join('\n    ');
}

function mend(text, found) {
  for (const [before, after] of mends) {
    if (!text.includes(before)) continue;
    found.add(before);
    text = text.replaceAll(before, () => after);
  }
  return text;
}

function relocateStyle(text) {
  return text.replace(/url\((["']?)\/(?=[0-9a-zA-Z])/g, 'url($1./');
}

function write(target, name, content) {
  const file = path.join(target, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  if (compressible.test(name)) fs.writeFileSync(`${file}.gz`, gzipSync(content, { level: 9 }));
  else fs.writeFileSync(file, content);
}

function prepare(target, version) {
  const from = at('node_modules', '@ohif', 'app');
  const dist = path.join(from, 'dist');
  const found = new Set();
  for (const entry of fs.readdirSync(dist, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = path.join(entry.parentPath ?? entry.path, entry.name);
    const name = path.relative(dist, file);
    if (leftOut.test(name)) continue;
    let content = fs.readFileSync(file);
    if (name.endsWith('.js')) {
      const text = content.toString('utf8');
      const mended = mend(text.includes(publicPath) ? relocateScript(text) : text, found);
      if (mended !== text) content = Buffer.from(mended, 'utf8');
    } else if (name.endsWith('.css')) {
      content = relocateStyle(content.toString('utf8'));
    }
    write(target, name, content);
  }
  const bundle = /src="\/(app\.bundle\.[0-9a-f]+\.js)"/.exec(fs.readFileSync(path.join(dist, 'index.html'), 'utf8'))?.[1];
  if (found.size < mends.length || !bundle) throw new Error('the bundle is built in another way than this script knows');
  fs.writeFileSync(path.join(target, 'index.html'), fs.readFileSync(at('index.html'), 'utf8').replace('{{bundle}}', bundle).replace('{{preloads}}', preloads(dist)));
  write(target, 'start.js', fs.readFileSync(at('start.js')));
  fs.writeFileSync(path.join(target, 'version'), version);
  write(target, 'LICENSE.txt', fs.readFileSync(path.join(from, 'LICENSE')));
}

function build() {
  const hash = createHash('sha256');
  for (const name of sources) hash.update(name).update('\0').update(fs.readFileSync(at(name))).update('\0');
  const wanted = hash.digest('hex');
  if (readIfThere(at('dist', '.sources')) === wanted && fs.existsSync(at('dist', 'index.html'))) {
    const now = new Date();
    fs.utimesSync(at('dist', 'index.html'), now, now); // tells MSBuild that dist/ is newer than the sources
    return;
  }
  const lock = createHash('sha256').update(fs.readFileSync(at('package-lock.json'))).digest('hex');
  const installed = at('node_modules', '.installed');
  if (readIfThere(installed) !== lock) {
    if (!fetchPackage()) return;
    fs.writeFileSync(installed, lock);
  }
  fs.rmSync(at('dist.new'), { recursive: true, force: true });
  fs.mkdirSync(at('dist.new'));
  prepare(at('dist.new'), wanted.slice(0, 12));
  fs.writeFileSync(at('dist.new', '.sources'), wanted);
  fs.rmSync(at('dist'), { recursive: true, force: true });
  fs.renameSync(at('dist.new'), at('dist'));
}

if (isNodeNewEnough()) await withLock(at('.build-lock'), build);
else process.exitCode = 3;
