import { existsSync } from 'node:fs';
import { copyFile, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { root } from '../project.mjs';
import { addFfmpeg, ffmpegFolder } from './addFfmpeg.mjs';
import { modulesFolder } from './checkPackage.mjs';
import { copyPackage } from './copyPackage.mjs';
import { inlinePackages } from './inlinePackages.mjs';
import { insideNativePackages } from './licenceTexts.mjs';
import { filesNamedIn, packageManifest } from './packageManifest.mjs';
import { packageSource } from './packageSource.mjs';
import { perceptionWeights } from './perceptionWeights.mjs';
import { readBundles } from './readBundles.mjs';
import { runtimePackages } from './runtimePackages.mjs';
import { thirdPartyNotices } from './thirdPartyNotices.mjs';

const model = path.join('models', 'videochat-mini');
const perception = path.join('models', 'perception');

/**
 * Lays out a package in `stage`, an empty or new folder: only what is named here goes in.
 *
 * @param {import('./targets.mjs').Target} target
 * @param {string} [ffmpeg] folder with ffmpeg and ffprobe for the target, and their texts
 * @throws SetupError if a package has nothing for the target, or ffmpeg may not go in
 */
export async function stagePackage(stage, target, ffmpeg) {
  await rm(stage, { recursive: true, force: true });
  const manifest = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));
  const weights = await perceptionWeights(path.join(root, perception));
  const { bundles, folders } = await readBundles(root, /^dist\/(\w+\.cjs|webview\/[\w-]+\.(js|css|ttf))$/);
  await put(stage, 'package.json', `${JSON.stringify(packageManifest(manifest), null, 2)}\n`);
  await copyAll(stage, [
    ...['CHANGELOG.md', 'LICENSE', 'NOTICE'],
    ...(await listed('.', /^package\.nls(\..+)?\.json$/)),
    ...(await listed('l10n', /^bundle\.l10n(\..+)?\.json$/)),
    ...filesNamedIn(manifest, root),
    ...bundles,
    ...(await modelFiles()),
    ...(await listed(path.join('models', 'catalogue'), /\.json$/)),
    ...(await listed(path.join('models', 'packs'), /\.json$/)),
    ...['README.md', 'LICENSE', 'nouns.txt.gz'].map((name) => path.join('models', 'wordnet', name)),
    ...weights.files.map((file) => path.join(perception, file)),
  ]);
  await put(stage, 'README.md', withoutPictures(await readFile(path.join(root, 'README.md'), 'utf8')));
  // Bundled whole already, so that bundling them once more does not tell what is in them.
  folders.push(...(await readBundles(root, /^dist\/(mcp|datasetWorker)\.mjs$/)).folders);
  const native = runtimePackages(target);
  folders.push(
    ...(await inlinePackages(
      path.join(root, 'dist'),
      path.join(stage, 'dist'),
      native.map(({ name }) => name),
    )),
  );
  for (const wanted of native) {
    const source = await packageSource(wanted.name);
    folders.push(source);
    await copyPackage(source, path.join(stage, modulesFolder, wanted.name), wanted, target);
  }
  const wordNet = `WordNet's nouns, in models/wordnet\n${'-'.repeat(72)}\n${(await readFile(path.join(root, 'models', 'wordnet', 'LICENSE'), 'utf8')).trim()}\n`;
  const notices = [...insideNativePackages, ...weights.notices, wordNet];
  if (ffmpeg) {
    notices.push(await addFfmpeg(ffmpeg, path.join(stage, ffmpegFolder), target));
  }
  await put(stage, 'THIRD-PARTY.txt', await thirdPartyNotices(folders, notices));
}

/** An installed extension shows its README without a repository to find pictures in. */
function withoutPictures(markdown) {
  return markdown.replace(/^!\[[^\]]*\]\([^)]*\)\n+/gm, '');
}

async function put(stage, name, text) {
  await mkdir(stage, { recursive: true });
  await writeFile(path.join(stage, name), text);
}

async function copyAll(stage, files) {
  for (const file of new Set(files)) {
    const to = path.join(stage, file);
    await mkdir(path.dirname(to), { recursive: true });
    await copyFile(path.join(root, file), to);
  }
}

/** Files of a folder of the checkout by name, relative to the checkout; none where there is no such folder. */
async function listed(folder, pattern) {
  const names = existsSync(path.join(root, folder)) ? await readdir(path.join(root, folder)) : [];
  return names.filter((name) => pattern.test(name)).map((name) => path.join(folder, name));
}

/** What the model's manifest names, its card and its sample; not the checkpoint that training goes on from. */
async function modelFiles() {
  const { files } = JSON.parse(await readFile(path.join(root, model, 'manifest.json'), 'utf8'));
  const names = ['manifest.json', 'README.md', 'sample.mp4', ...Object.values(files).map((file) => file.path)];
  const schemas = ['manifest.schema.json', 'dualEncoder.schema.json'].map((name) => path.join('models', name));
  return [...schemas, ...names.map((name) => path.join(model, name))];
}
