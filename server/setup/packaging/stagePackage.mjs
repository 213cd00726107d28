import { existsSync } from 'node:fs';
import { copyFile, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { SetupError, root } from '../project.mjs';
import { modulesFolder } from './checkPackage.mjs';
import { inlinePackages } from './inlinePackages.mjs';
import { filesNamedIn, packageManifest } from './packageManifest.mjs';
import { packageSource } from './packageSource.mjs';
import { runtimePackages } from './runtimePackages.mjs';
import { packagesInBundle, thirdPartyNotices } from './thirdPartyNotices.mjs';

const model = path.join('models', 'videochat-mini');

/**
 * Lays out a package in `stage`, an empty or new folder: only what is named here goes in.
 *
 * @param {import('./targets.mjs').Target} target
 * @param {string} [ffmpeg] folder with ffmpeg and ffprobe for the target
 */
export async function stagePackage(stage, target, ffmpeg) {
  await rm(stage, { recursive: true, force: true });
  const manifest = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));
  await put(stage, 'package.json', `${JSON.stringify(packageManifest(manifest), null, 2)}\n`);
  await copyAll(stage, [
    ...['CHANGELOG.md', 'LICENSE', 'NOTICE'],
    ...(await listed('.', /^package\.nls(\..+)?\.json$/)),
    ...(await listed('l10n', /^bundle\.l10n(\..+)?\.json$/)),
    ...filesNamedIn(manifest, root),
    ...(await listed('dist', /^\w+\.cjs$/)),
    ...(await listed(path.join('dist', 'webview'), /\.(js|css|ttf)$/)),
    ...(await modelFiles()),
  ]);
  await put(stage, 'README.md', withoutPictures(await readFile(path.join(root, 'README.md'), 'utf8')));
  const folders = await bundledPackages();
  const native = runtimePackages(target);
  folders.push(
    ...(await inlinePackages(
      path.join(root, 'dist'),
      path.join(stage, 'dist'),
      native.map(({ name }) => name),
    )),
  );
  for (const { name, files } of native) {
    const source = await packageSource(name);
    folders.push(source);
    await copyPackage(source, path.join(stage, modulesFolder, name), files);
  }
  if (ffmpeg) {
    folders.push(await copyFfmpeg(stage, target, ffmpeg));
  }
  await put(stage, 'THIRD-PARTY.txt', await thirdPartyNotices(folders));
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
  return [path.join('models', 'manifest.schema.json'), ...names.map((name) => path.join(model, name))];
}

async function bundledPackages() {
  const bundles = [
    ...(await listed('dist', /^\w+\.cjs$/)),
    ...(await listed(path.join('dist', 'webview'), /\.(js|css)$/)),
  ];
  const inside = await Promise.all(bundles.map((bundle) => packagesInBundle(path.join(root, bundle))));
  return [...new Set(inside.flat())];
}

async function copyPackage(source, to, files) {
  const found = await readdir(source, { recursive: true, withFileTypes: true });
  const names = found
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(source, path.join(entry.parentPath ?? entry.path, entry.name)).split(path.sep).join('/'));
  for (const name of names.filter((each) => files.test(each))) {
    await mkdir(path.dirname(path.join(to, name)), { recursive: true });
    await copyFile(path.join(source, name), path.join(to, name));
  }
}

async function copyFfmpeg(stage, { os }, ffmpeg) {
  const source = path.join(root, 'node_modules', 'ffmpeg-static');
  const to = path.join(stage, modulesFolder, 'ffmpeg-static');
  await copyPackage(source, to, /^(package\.json|index\.js|LICENSE)$/);
  for (const program of ['ffmpeg', 'ffprobe'].map((name) => (os === 'win32' ? `${name}.exe` : name))) {
    if (!existsSync(path.join(ffmpeg, program))) {
      throw new SetupError(`There is no ${program} in ${ffmpeg}.`);
    }
    await copyFile(path.join(ffmpeg, program), path.join(to, program));
  }
  return source;
}
