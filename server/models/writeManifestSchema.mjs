// Writes models/manifest.schema.json from manifest.ts: `node server/models/writeManifestSchema.mjs`.
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const bundle = await build({
  entryPoints: [here('manifest.ts')],
  bundle: true,
  format: 'esm',
  platform: 'node',
  write: false,
});
const code = Buffer.from(bundle.outputFiles[0].contents).toString('base64');
const { manifestJsonSchema } = await import(`data:text/javascript;base64,${code}`);
await writeFile(here('../../models/manifest.schema.json'), `${JSON.stringify(manifestJsonSchema(), null, 2)}\n`);
