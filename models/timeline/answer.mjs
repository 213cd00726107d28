// Answers questions about textual contexts as the product does: manifest, prompt, GGUF and libllama are the server's own.
// Lines of {text, question, …} in, the same with `said` out. --free: what the model says when the manifest does not keep it
// to answers that the context bears out.
//
//   node models/timeline/answer.mjs [--model videochat-mini] [--models FOLDER] [--free] < testset.jsonl > answers.jsonl
import { mkdir } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';

const { values } = parseArgs({ options: { model: { type: 'string', default: 'videochat-mini' }, models: { type: 'string' }, free: { type: 'boolean' } } });
const root = fileURLToPath(new URL('../..', import.meta.url));
const outfile = `${root}.cache/timeline-answer.mjs`;
await mkdir(`${root}.cache`, { recursive: true });
await build({
  stdin: {
    contents: `
      export { completeText } from './server/engine/completeText.js';
      export { createEngineParts } from './server/engine/createEngineParts.js';
      export { Engine } from './server/engine/engine.js';
      export { resolveSettings } from './server/settings.js';
      export { CancellationToken } from 'vscode-jsonrpc/node';`,
    resolveDir: root,
  },
  outfile,
  bundle: true,
  format: 'esm',
  platform: 'node',
  packages: 'external',
});
const { completeText, createEngineParts, Engine, resolveSettings, CancellationToken } = await import(outfile);

const settings = resolveSettings({ languageDevice: 'cpu', threads: 1, modelFolders: values.models ? [values.models] : [] });
const engine = new Engine(createEngineParts(), settings, { log: () => undefined });
const slot = await engine.models.get(values.model);
for await (const line of createInterface({ input: process.stdin })) {
  const item = JSON.parse(line);
  const request = { slot, lane: { client: 'answer', chat: 'answer' }, context: item.text, question: item.question, token: CancellationToken.None, ...(values.free ? { grammar: 'root ::= [^\\n]+' } : {}) };
  const { text } = await completeText(engine, request);
  process.stdout.write(`${JSON.stringify({ ...item, said: text })}\n`);
}
await engine.dispose();
