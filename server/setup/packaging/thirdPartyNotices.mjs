import { existsSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';

/** Folders of the npm packages inside a bundle, by its source map; none where it has no map. */
export async function packagesInBundle(bundle) {
  if (!existsSync(`${bundle}.map`)) {
    return [];
  }
  const { sources } = JSON.parse(await readFile(`${bundle}.map`, 'utf8'));
  const folders = sources.map((source) => /^(.*node_modules\/(@[^/]+\/)?[^/]+)\//.exec(source)?.[1]);
  return [...new Set(folders.filter(Boolean))].map((folder) => path.resolve(path.dirname(bundle), folder));
}

/**
 * The text that licences ask for: each package's name, version and licence, with its own words where it has
 * them. Packages of one name and version appear once.
 *
 * @param {string[]} folders of npm packages
 */
export async function thirdPartyNotices(folders) {
  const notices = new Map();
  for (const folder of folders) {
    const { name, version, license } = JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8'));
    const file = (await readdir(folder)).find((each) => /^(licen[sc]e|copying)(\.(md|txt))?$/i.test(each));
    const text = file ? (await readFile(path.join(folder, file), 'utf8')).trim() : 'The package brings no text of its licence.';
    notices.set(`${name} ${version}`, `${name} ${version} (${license})\n${'-'.repeat(72)}\n${text}\n`);
  }
  const sorted = [...notices].sort(([a], [b]) => a.localeCompare(b)).map(([, notice]) => notice);
  return `Parts of this package by others, each under its own licence.\n\n${sorted.join('\n\n')}`;
}
