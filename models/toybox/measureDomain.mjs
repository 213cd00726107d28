// What the encoder of videochat-mini answers with for clips of the toybox world, as statistics: clips far outside of them
// are unlike anything the model was trained on.
//
//   python3 models/toybox/testset.py --out TOYBOX --clips 120
//   node models/toybox/measureDomain.mjs TOYBOX/clips OTHERS… [--write]
//
// OTHERS are clips, or folders of them, of everything else; those in a folder named `drawn` (test charts, gradients) are shown
// but not decisive. The limit lies between the clips of the toybox, each measured by statistics of the others, and the least
// strange real clip. A plain wall is a wall of the toybox, too: clips in a folder named `plain` (colours, noise) are told apart
// by how little the rows of their embeddings differ, since nothing is there to be said of. With --write the statistics go into
// models/videochat-mini/domain.json and its manifest. Each clip is looked at as the model would by itself, with 16 frames, and
// as a picture.
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../../', import.meta.url));
const model = path.join(root, 'models', 'videochat-mini');
const folds = 5;
/** Directions that are kept. */
const kept = 24;
/** Directions that are tried for telling plain clips apart, and the frames a clip is looked at with at least. */
const places = Array.from({ length: 32 }, (_, place) => place);
const fewest = 8;
let opened = 0;
const usage = 'node models/toybox/measureDomain.mjs TOYBOX_CLIPS OTHERS… [--write]';

const { Engine, VideoLibrary, createEngineParts, resolveSettings, seeingModel, singularValues, strangeness } = await bundled();
const [toybox, ...others] = process.argv.slice(2).filter((argument) => argument !== '--write');
if (!toybox || others.length === 0) throw new Error(`Usage: ${usage}`);

const cacheFolder = path.join(root, '.cache', 'measureDomain', 'cache');
const settings = resolveSettings({ cacheFolder, executionProvider: 'cpu', threads: 1 }, {});
const parts = createEngineParts();
// What is measured here must not have to be right already.
const { discover } = parts.models;
parts.models.discover = async (...where) => {
  const entries = await discover(...where);
  entries.forEach(({ manifest }) => delete manifest?.encoder?.domain);
  return entries;
};
const engine = new Engine(parts, settings, { log: () => undefined });
// What the engine waits for does not keep a process running.
const awake = setInterval(() => undefined, 1000);
try {
  const slot = await engine.models.get('videochat-mini');
  const lease = await slot.acquire();
  const measure = async (places) => {
    const found = [];
    for (const file of (await Promise.all(places.map(clipsIn))).flat()) {
      found.push(...(await views(seeingModel(lease.model), slot, file)));
    }
    return found;
  };
  let known;
  let strange;
  try {
    known = await measure([toybox, path.join(model, 'sample.mp4')]);
    strange = await measure(others);
  } finally {
    lease.release();
  }

  const domain = { video: judge('clips', known, strange), image: judge('pictures', known, strange) };
  if (process.argv.includes('--write')) await write(domain);
} finally {
  clearInterval(awake);
  await engine.dispose();
}

/** Statistics of one kind, and the limit between the toybox and real clips. */
function judge(kind, allKnown, allStrange) {
  const known = allKnown.filter((clip) => clip.kind === kind);
  const vectors = (clips) => clips.map(({ embeddings }) => mean(embeddings));
  const inFold = ({ index }, fold) => index % folds === fold;
  const left = Array.from({ length: folds }, (_, fold) => {
    const others = statistics(vectors(known.filter((clip) => !inFold(clip, fold))));
    return known.filter((clip) => inFold(clip, fold)).map((clip) => ({ ...clip, value: strangeness(clip.embeddings, others) }));
  }).flat();
  const domain = statistics(vectors(known));
  const outside = allStrange.filter((clip) => clip.kind === kind).map((clip) => ({ ...clip, value: strangeness(clip.embeddings, domain) }));
  [left, outside].forEach((list) => list.sort((a, b) => a.value - b.value));
  const show = (clips) => clips.forEach(({ name, value }) => console.log('  ', value.toFixed(2), name));
  console.log(`${kind} of the toybox, each measured by the others: ${left.length}`);
  show([...left.slice(0, 1), ...left.slice(-8)]);
  console.log('others:');
  show(outside);
  // One in a hundred may be taken for something else: real clips matter more.
  const usual = left[Math.ceil(left.length * 0.99) - 1].value;
  const nearest = outside.find(({ name }) => !/^(?:drawn|plain)/.test(name)).value;
  const limit = Number(Math.sqrt(usual * nearest).toFixed(2));
  console.log(`limit ${limit}: ${(limit / usual).toFixed(2)} times what 99 % of the toybox stay below; the nearest real one is at ${(nearest / limit).toFixed(2)} times it`);
  if (usual >= nearest) throw new Error('They cannot be told apart.');
  const plain = allStrange.filter((clip) => clip.kind === kind && clip.name.startsWith('plain'));
  return { ...domain, limit, ...(kind === 'clips' && plain.length > 0 ? { variety: tellPlain(known, plain) } : {}) };
}

/** The direction along which the rows of plain clips differ least, beside those of the toybox. */
function tellPlain(known, plain) {
  const [toybox, walls] = [known, plain].map((clips) => clips.map(({ embeddings }) => singularValues(embeddings)));
  const ratios = places.map((place) => ({ place, least: Math.min(...toybox.map((values) => values[place])), most: Math.max(...walls.map((values) => values[place])) }));
  const { place, least, most } = ratios.reduce((best, each) => (each.least / each.most > best.least / best.most ? each : best));
  console.log(`rows differ along direction ${place} by ${least.toFixed(2)} or more in the toybox, by ${most.toFixed(2)} or less where nothing is`);
  if (least <= most) throw new Error('Plain clips cannot be told apart.');
  return { place, least: Number(Math.sqrt(least * most).toFixed(2)), frames: fewest };
}

/** The server's own code, as one module. */
async function bundled() {
  const outdir = path.join(root, '.cache', 'measureDomain');
  await mkdir(outdir, { recursive: true });
  const contents = [
    "export { Engine } from './server/engine/engine.ts';",
    "export { VideoLibrary } from './server/engine/videoLibrary.ts';",
    "export { createEngineParts } from './server/engine/createEngineParts.ts';",
    "export { resolveSettings } from './server/settings.ts';",
    "export { seeingModel } from './server/engine/loadedModel.ts';",
    "export { strangeness } from './server/vision/encoderDomain.ts';",
    "export { singularValues } from './server/vision/singularValues.ts';",
  ].join('\n');
  const shared = { bundle: true, format: 'esm', platform: 'node', target: 'node20', packages: 'external', outExtension: { '.js': '.mjs' }, outdir };
  await build({ ...shared, stdin: { contents, resolveDir: root, sourcefile: 'engine.ts' } });
  await build({ ...shared, entryPoints: [path.join(root, 'server', 'video', 'preprocessWorker.ts')] });
  return import(pathToFileURL(path.join(outdir, 'stdin.mjs')).href);
}

async function clipsIn(place) {
  if (!(await stat(place)).isDirectory()) return [place];
  return (await readdir(place)).filter((name) => /\.(mp4|webm|avi|mov|mkv)$/.test(name)).sort().map((name) => path.join(place, name));
}

/** A clip as it may be looked at. */
async function views(loaded, slot, file) {
  const videos = new VideoLibrary(engine.parts.video, engine.ffmpeg, engine.probes);
  const open = async (each) => videos.get((await videos.open(each)).videoId);
  const video = await open(file);
  const index = opened++;
  const name = path.join(path.basename(path.dirname(file)), path.basename(file));
  const found = [];
  for (const spec of [loaded.manifest.framePlan, 'videochat:16']) {
    found.push({ kind: 'clips', index, name: `${name} ${spec}`, embeddings: await embed(loaded, slot, video, spec) });
  }
  const outFolder = path.join(root, '.cache', 'measureDomain', 'pictures', String(index));
  await mkdir(outFolder, { recursive: true });
  const middle = (await readdir(outFolder)).find((name) => name.endsWith('.png'));
  const write = async () =>
    engine.parts.video.write(video.opened, await engine.parts.video.plan(video.opened, 'videochat:1'), await engine.ffmpeg.tools(), { outFolder, format: 'png' });
  const [picture] = middle ? [path.join(outFolder, middle)] : await write();
  found.push({ kind: 'pictures', index, name: `${name} as a picture`, embeddings: await embed(loaded, slot, await open(picture), 'videochat:1') });
  return found;
}

async function embed(loaded, slot, video, spec) {
  const plan = await engine.parts.video.plan(video.opened, spec, undefined, loaded.manifest.preprocess.maxFrames);
  const token = { isCancellationRequested: false, onCancellationRequested: () => ({ dispose: () => undefined }) };
  const request = { video, plan, model: loaded, encoding: slot.encoding, lane: { client: 'measure', chat: video.path } };
  return (await engine.embeddings.get(request, token, () => undefined)).embeddings;
}

/** Mean over the rows. */
function mean({ rows, width, data }) {
  return Float64Array.from({ length: width }, (_, channel) => {
    let sum = 0;
    for (let row = 0; row < rows; row++) sum += data[row * width + channel];
    return sum / rows;
  });
}

/** Mean, deviation, and the directions in which what is left varies most. */
function statistics(vectors) {
  const channels = vectors[0].length;
  const means = Array.from({ length: channels }, (_, i) => vectors.reduce((sum, vector) => sum + vector[i], 0) / vectors.length);
  const deviation = means.map((middle, i) => Math.sqrt(vectors.reduce((sum, vector) => sum + (vector[i] - middle) ** 2, 0) / vectors.length));
  const scaled = vectors.map((vector) => Float64Array.from(vector, (value, i) => (value - means[i]) / deviation[i]));
  const directions = [];
  const variances = [];
  for (let k = 0; k < kept; k++) {
    const { direction, variance } = strongest(scaled);
    directions.push(Array.from(direction, (value) => round(value, 4)));
    variances.push(round(variance, 4));
    for (const vector of scaled) {
      const along = dot(vector, direction);
      vector.forEach((value, i) => (vector[i] = value - along * direction[i]));
    }
  }
  return { mean: means.map((value) => round(value, 6)), deviation: deviation.map((value) => round(value, 6)), directions, variances };
}

/** The direction of greatest variance, by power iteration. */
function strongest(vectors) {
  let direction = Float64Array.from(vectors[0], (_, i) => Math.sin(i + 1));
  let variance = 0;
  for (let step = 0; step < 60; step++) {
    const next = new Float64Array(direction.length);
    for (const vector of vectors) {
      const along = dot(vector, direction) / vectors.length;
      for (let i = 0; i < next.length; i++) next[i] += along * vector[i];
    }
    variance = Math.sqrt(dot(next, next));
    direction = next.map((value) => value / variance);
  }
  return { direction, variance };
}

function dot(a, b) {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

function round(value, digits) {
  return Number(value.toPrecision(digits));
}

async function write(domain) {
  const content = Buffer.from(`${JSON.stringify(domain)}\n`);
  await writeFile(path.join(model, 'domain.json'), content);
  const file = path.join(model, 'manifest.json');
  const manifest = JSON.parse(await readFile(file, 'utf8'));
  manifest.files.domain = { path: 'domain.json', bytes: content.length, sha256: createHash('sha256').update(content).digest('hex') };
  manifest.encoder.domain = 'domain';
  await writeFile(file, `${JSON.stringify(manifest, null, 2)}\n`);
}
