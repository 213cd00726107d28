import { chmod, rm, writeFile } from 'node:fs/promises';
import { build, context } from 'esbuild';
import { extensionBundle } from './server/setup/extensionBundle.mjs';

/** What every bundle shares; a target adds its entries and, where it must, its platform. */
const base = /** @satisfies {import('esbuild').BuildOptions} */ ({
  bundle: true,
  outdir: 'dist',
  target: 'node20',
  platform: 'node',
  format: 'esm',
  outExtension: { '.js': '.mjs' },
  // Native packages find their binaries beside their own files, so none may be bundled.
  packages: 'external',
  sourcemap: 'linked',
  sourcesContent: false,
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
});

const targets = [
  {
    ...base,
    entryPoints: {
      server: 'server/main.ts',
      videochat: 'server/cli/main.ts',
      preprocessWorker: 'server/video/preprocessWorker.ts',
      perceptionProcess: 'server/perception/perceptionProcess.ts',
      llamaServerGuard: 'server/backends/llamaServer/llamaServerGuard.ts',
      bench: 'server/bench/main.ts',
    },
  },
  {
    ...base,
    // A dataset is opened when this thread runs: one file is there in a third of the time that packages take.
    // The tools for agents come with the SDK of their protocol, which no other command needs.
    entryPoints: { datasetWorker: 'server/dataset/index/datasetWorker.ts', mcp: 'server/mcp/serveMcp.ts' },
    packages: 'bundle',
    mainFields: ['module', 'main'],
    minify: true,
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  },
  {
    ...base,
    // A process of its own, with the tokeniser inside.
    entryPoints: { retrievalProcess: 'server/retrieval/retrievalProcess.ts' },
    packages: 'bundle',
    external: ['onnxruntime-node'],
    minify: true,
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  },
  {
    ...base,
    // A thread of its own too; SQLite finds its WebAssembly beside its own file.
    entryPoints: { searchWorker: 'server/search/searchWorker.ts' },
  },
  {
    ...base,
    // The pages of the chat panel and of the annotator: everything they need, for the browser inside the editor.
    entryPoints: [
      { in: 'webview/chat/main.ts', out: 'webview/chat' },
      { in: 'webview/chat/styles/chat.css', out: 'webview/chat' },
      { in: 'webview/annotate/main.ts', out: 'webview/annotate' },
      { in: 'webview/annotate/styles/annotate.css', out: 'webview/annotate' },
    ],
    platform: 'browser',
    target: ['chrome120', 'es2022'],
    packages: 'bundle',
    outExtension: {},
    minify: true,
    loader: { '.ttf': 'file' },
    assetNames: 'webview/[name]',
  },
  { ...base, ...extensionBundle },
];

if (process.argv.includes('--watch')) {
  for (const target of targets) {
    await (await context(target)).watch();
  }
} else {
  await rm('dist/.sources', { force: true });
  const results = await Promise.all(targets.map((target) => build(target)));
  // Read by the packaging: whose code is in which bundle.
  await writeFile('dist/inputs.json', JSON.stringify(Object.assign({}, ...results.map(({ metafile }) => metafile.outputs))));
  await chmod('dist/videochat.mjs', 0o755);
}
