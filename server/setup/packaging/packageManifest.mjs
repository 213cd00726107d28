import { existsSync, statSync } from 'node:fs';
import path from 'node:path';

/** What of package.json concerns an installed extension. */
const kept = [
  ...['name', 'displayName', 'description', 'version', 'publisher', 'license', 'author', 'preview', 'pricing'],
  ...['homepage', 'repository', 'bugs', 'qna', 'categories', 'keywords', 'icon', 'galleryBanner', 'badges', 'markdown'],
  ...['type', 'main', 'engines', 'extensionKind', 'capabilities', 'activationEvents', 'contributes', 'l10n', 'extensionDependencies'],
];

/** The manifest of the package: no scripts, no dependencies (they are bundled), only VS Code as an engine. */
export function packageManifest(manifest) {
  const clean = Object.fromEntries(kept.filter((key) => key in manifest).map((key) => [key, manifest[key]]));
  return { ...clean, engines: { vscode: manifest.engines?.vscode } };
}

/**
 * Pictures and other files that a manifest names (icons, walkthrough pages, schemas), relative to `folder`.
 * Bundles are not among them.
 */
export function filesNamedIn(manifest, folder) {
  const named = new Set();
  const visit = (value) => {
    if (typeof value === 'string') {
      const file = path.normalize(value);
      const inside = !path.isAbsolute(file) && !file.startsWith('..') && /\.(png|svg|md|json|woff2?|ttf)$/.test(file);
      if (inside && existsSync(path.join(folder, file)) && statSync(path.join(folder, file)).isFile()) {
        named.add(file);
      }
    } else if (value && typeof value === 'object') {
      Object.values(value).forEach(visit);
    }
  };
  visit({ icon: manifest.icon, contributes: manifest.contributes });
  return [...named].filter((file) => !file.startsWith(`dist${path.sep}`) && file !== 'package.json').sort();
}
