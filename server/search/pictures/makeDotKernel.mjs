// Assembles dotKernel.wat into dotKernelBytes.ts. Needs the package wabt, which nothing else does: npm install --no-save wabt
import { readFile, writeFile } from 'node:fs/promises';
import wabt from 'wabt';

const here = (name) => new URL(name, import.meta.url);
const { parseWat } = await wabt();
const { buffer } = parseWat('dotKernel.wat', await readFile(here('dotKernel.wat'), 'utf8'), { simd: true }).toBinary({});
const text = `/** dotKernel.wat, assembled, base64. Made by makeDotKernel.mjs. */\nexport const dotKernelBytes =\n  '${Buffer.from(buffer).toString('base64')}';\n`;
await writeFile(here('dotKernelBytes.ts'), text);
