// Writes timelines as textual contexts, with the server's own code: lines of {timeline, captions?, span?, question?} in,
// the same with `text` out.
//
//   node models/timeline/render.mjs < timelines.jsonl > contexts.jsonl
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const entry = fileURLToPath(new URL('../../server/context/buildTimelineContext.ts', import.meta.url));
const { outputFiles } = await build({ entryPoints: [entry], bundle: true, format: 'esm', platform: 'node', write: false });
const code = Buffer.from(outputFiles[0].contents).toString('base64');
const { buildTimelineContext } = await import(`data:text/javascript;base64,${code}`);

for await (const line of createInterface({ input: process.stdin })) {
  const item = JSON.parse(line);
  // Tokens are about three letters of this layout.
  const { text } = buildTimelineContext({ ...item, maxTokens: 1600, countTokens: (part) => part.length });
  process.stdout.write(`${JSON.stringify({ ...item, text })}\n`);
}
