import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';

/**
 * The perception models of a checkout: which of their files lie beside their manifests, and whose work they are.
 *
 * @param {string} folder `models/perception`
 * @returns {Promise<{ files: string[], notices: string[] }>} files relative to the folder; one notice for each licence text
 */
export async function perceptionWeights(folder) {
  const files = [];
  const byLicence = new Map();
  for (const entry of (await readdir(folder, { withFileTypes: true })).filter((each) => each.isDirectory()).sort((a, b) => a.name.localeCompare(b.name))) {
    const manifest = JSON.parse(await readFile(path.join(folder, entry.name, 'manifest.json'), 'utf8'));
    const licence = await readFile(path.join(folder, entry.name, 'LICENSE'), 'utf8');
    const own = Object.values(manifest.files).filter((file) => file.package === undefined);
    files.push(...['manifest.json', 'LICENSE', ...own.map((file) => file.path)].map((name) => path.join(entry.name, name)));
    byLicence.set(licence, [...(byLicence.get(licence) ?? []), manifest]);
  }
  const notices = [...byLicence].map(([licence, manifests]) => {
    const lines = manifests.map(({ name, copyright, upstream, provenance }) => `${name}: ${copyright}\n${upstream.join(', ')}\n${provenance}\n`);
    return `Weights of perception models (${manifests[0].licence})\n${'-'.repeat(72)}\n${lines.join('\n')}\n${licence.trim()}\n`;
  });
  return { files, notices };
}
