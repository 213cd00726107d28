// Writes the schemas of manifests: `node server/models/writeManifestSchema.mjs`.
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const schemas = [
  { from: 'manifest.ts', name: 'manifestJsonSchema', to: 'manifest.schema.json' },
  { from: 'dualEncoderManifest.ts', name: 'dualEncoderJsonSchema', to: 'dualEncoder.schema.json' },
  { from: '../catalogue/catalogueSchema.ts', name: 'catalogueJsonSchema', to: 'catalogue/catalogue.schema.json' },
];
for (const { from, name, to } of schemas) {
  const bundle = await build({ entryPoints: [here(from)], bundle: true, format: 'esm', platform: 'node', write: false });
  const code = Buffer.from(bundle.outputFiles[0].contents).toString('base64');
  const made = await import(`data:text/javascript;base64,${code}`);
  await writeFile(here(`../../models/${to}`), `${JSON.stringify(made[name](), null, 2)}\n`);
}
