import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { insideNativePackages, licenceText } from './licenceTexts.mjs';

/**
 * The text that licences ask for: each package's name, version and licence, with its own words where it has
 * them. Packages of one name and version appear once.
 *
 * @param {string[]} folders of npm packages
 * @param {string[]} [more] notices for what is no npm package
 * @throws Error if the words of a licence are not known
 */
export async function thirdPartyNotices(folders, more = insideNativePackages) {
  const notices = new Map();
  for (const folder of folders) {
    const manifest = JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8'));
    const { name, version, license } = manifest;
    const files = (await readdir(folder)).filter((each) => /^(licen[sc]e|copying|notice)([-.]\w+)?(\.(md|txt))?$/i.test(each)).sort();
    const found = await Promise.all(files.map(async (file) => (await readFile(path.join(folder, file), 'utf8')).trim()));
    const text = files.some((file) => !/^notice/i.test(file)) ? found.join('\n\n') : [licenceText(manifest), ...found].join('\n\n');
    notices.set(`${name} ${version}`, `${name} ${version} (${license})\n${'-'.repeat(72)}\n${text}\n`);
  }
  const sorted = [...notices].sort(([a], [b]) => a.localeCompare(b)).map(([, notice]) => notice);
  return `Parts of this package by others, each under its own licence.\n\n${[...sorted, ...more].join('\n\n')}`;
}
