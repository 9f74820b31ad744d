// Puts the prebuilt OHIF viewer into dist/ as the server serves it, for eng/Viewer.targets: `node prepare.mjs`.
//
// The package is one tarball whose hash stands in package-lock.json; its dependencies are already bundled in it. What
// is changed, because the bundle was built to stand at the root of a site:
//   - chunks, workers and fonts are looked for beside the file that asks for them, not at "/"
//   - index.html is ours: no inline scripts, {{prefix}} where the server writes the path it is reached under, and {{files}} where it
//     writes that of the files: it has a version in it (the file "version"), because what is changed here keeps its published name
//   - start.js is ours: it shows a still of the study's first image until the viewer does
//   - a study without a modality does not end its list of studies
//   - a report with content that has no concept name is shown, not a black page
//   - views of arrays (ndarray, which segmentations are read with) are objects, not functions made out of text, which the
//     page's Content-Security-Policy forbids
//   - images of one bit, and YBR_FULL_422 that is not compressed, are shown
//   - a script that came early does not keep the viewer from starting
//   - one WebGL context is made, not seven, before the first image is asked for
//   - other studies of the patient are found by the study that is open, not by a Patient ID in an address
//   - the page names the scripts that every study needs, so that they come while the first is still read
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

const root = path.dirname(fileURLToPath(import.meta.url));
const at = (...names) => path.join(root, ...names);
const sources = ['package.json', 'package-lock.json', '.npmrc', 'index.html', 'start.js', 'prepare.mjs'];
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

/** One class of views for every kind of number and every number of dimensions. */
function viewConstructor(dtype) {
  class View {
    constructor(data, shape = [], stride = [], offset = 0) {
      this.data = data;
      this.shape = Array.from(shape);
      this.stride = Array.from(stride);
      this.offset = offset | 0;
    }
    get dtype() { return dtype; }
    get dimension() { return this.shape.length; }
    get size() { return this.shape.reduce((product, length) => product * length, 1); }
    get order() { return this.stride.map((_, at) => at).sort((a, b) => Math.abs(this.stride[a]) - Math.abs(this.stride[b]) || a - b); }
    index(...at) { return this.stride.reduce((sum, stride, axis) => sum + stride * at[axis], this.offset); }
    get(...at) { return dtype === 'generic' ? this.data.get(this.index(...at)) : this.data[this.index(...at)]; }
    set(...at) {
      const value = at.pop();
      return dtype === 'generic' ? this.data.set(this.index(...at), value) : (this.data[this.index(...at)] = value);
    }
    valueOf() { return this.shape.length === 0 ? this.get() : this; }
    hi(...to) { return new View(this.data, this.shape.map((length, axis) => (to[axis] >= 0 ? to[axis] | 0 : length)), this.stride, this.offset); }
    lo(...from) {
      const skipped = this.shape.map((_, axis) => (from[axis] >= 0 ? from[axis] | 0 : 0));
      return new View(this.data, this.shape.map((length, axis) => length - skipped[axis]), this.stride, this.index(...skipped));
    }
    step(...by) {
      const shape = [...this.shape], stride = [...this.stride];
      let offset = this.offset;
      by.forEach((wanted, axis) => {
        if (typeof wanted !== 'number') return;
        const steps = wanted | 0;
        if (steps < 0) offset += stride[axis] * (shape[axis] - 1);
        shape[axis] = Math.ceil(shape[axis] / Math.abs(steps));
        stride[axis] *= steps;
      });
      return new View(this.data, shape, stride, offset);
    }
    transpose(...axes) {
      const order = this.shape.map((_, axis) => (axes[axis] === undefined ? axis : axes[axis] | 0));
      return new View(this.data, order.map((axis) => this.shape[axis]), order.map((axis) => this.stride[axis]), this.offset);
    }
    pick(...at) {
      const left = this.shape.map((_, axis) => axis).filter((axis) => !(typeof at[axis] === 'number' && at[axis] >= 0));
      const offset = this.stride.reduce((sum, stride, axis) => (left.includes(axis) ? sum : sum + stride * at[axis]), this.offset);
      return new View(this.data, left.map((axis) => this.shape[axis]), left.map((axis) => this.stride[axis]), offset);
    }
  }
  return (data, shape, stride, offset) => new View(data, shape, stride, offset);
}

/** What is changed in the scripts: each of these must be found, or the bundle is built in another way than we know. */
const mends = [
  // An empty attribute is legal.
  ['if (modalities.vr && modalities.vr === ModalitiesInStudy.vr) {',
    'if (modalities.vr && modalities.vr === ModalitiesInStudy.vr && ModalitiesInStudy.Value) {'],
  // So is a content item without a concept name, such as TEXT in a CONTAINER (PS3.3 §C.17.3).
  ['  } = ConceptNameCodeSequence;\n  const isChildFirstNode', '  } = ConceptNameCodeSequence ?? {};\n  const isChildFirstNode'],
  // Making one takes 10 ms with a graphics card and half a second without, each before the next, and all viewports can share it.
  ['        webGlContextCount: 7,', '        webGlContextCount: 1,'],
  // A decoder asks which script it stands in, and for a name that only Node has when the browser does not say: that depends on which
  // script came first, and would keep the viewer from starting when this one is there early.
  ['(e=e||__filename)', '(e=e||"")'],
  // Addresses stand in logs and histories: no patient's identifier belongs there.
  ['    patientId: mrn,\n    disableWildcard: true\n', '    samePatientAs: qidoForStudyUID[0].studyInstanceUid\n'],
  ["    '00100020': withWildcard(params.patientId),\n", "    '00100020': withWildcard(params.patientId),\n    samepatientas: params.samePatientAs,\n"],
  // A pixel of two samples each: that is how YBR_FULL_422 is stored when it is not compressed (PS3.3 §C.7.6.3.1.2).
  ["    else if (photometricInterpretation.endsWith('422')) {\n        return (pixelDataLength ===",
    "    else if (photometricInterpretation.endsWith('422')) {\n        return (pixelDataLength === 2 * columns * rows || pixelDataLength ==="],
  // Eight pixels of one bit are a byte, the first in its lowest bit (PS3.5 §8.1.1).
  ['    else if (imageFrame.bitsAllocated === 8 || imageFrame.bitsAllocated === 1) {\n        imageFrame.pixelData = pixelData;',
    `    else if (imageFrame.bitsAllocated === 1 && length < imageFrame.rows * imageFrame.columns) {
        imageFrame.pixelData = Uint8Array.from({ length: imageFrame.rows * imageFrame.columns }, (_, at) => (pixelData[at >> 3] >> (at & 7)) & 1);
    }
    else if (imageFrame.bitsAllocated === 8 || imageFrame.bitsAllocated === 1) {
        imageFrame.pixelData = pixelData;`],
  ['function compileConstructor(dtype, dimension) {',
    `${viewConstructor}\nfunction compileConstructor(dtype, dimension) {\n  return viewConstructor(dtype);`],
];

/** The scripts that the basic viewer asks for one after the other until it shows an image, by the numbers of their chunks, in that order. */
const neededChunks = [4287, 2199, 6409, 9205, 2108, 2851, 3343, 7431, 3081, 5724, 4775, 147, 5485, 5457, 2018, 9927, 1459, 7639, 1403, 6347, 3461, 8305,
  5028, 8558, 2424, 213, 5261, 4819, 2701, 4202, 9845, 1608, 6939, 7159, 9862];

function preloads(dist) {
  const names = fs.readdirSync(dist);
  return neededChunks.map((chunk) => {
    const name = names.find((candidate) => candidate.startsWith(`${chunk}.bundle.`) && candidate.endsWith('.js'));
    if (!name) throw new Error(`there is no chunk ${chunk}: the bundle is built in another way than this script knows`);
    return `<link rel="preload" as="script" href="{{files}}${name}">`;
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
