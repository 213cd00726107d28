import { cp, rm } from 'node:fs/promises';
import path from 'node:path';
import { stagePackage } from '../packaging/stagePackage.mjs';
import { ownTarget, targets } from '../packaging/targets.mjs';
import { SetupError, root } from '../project.mjs';

/** Whether a run of the bench with these arguments measures the editor, for which there is more to get ready. */
export function wantsEditor(args) {
  const only = args.flatMap((arg, index) => (arg.startsWith('--only=') ? [arg.slice(7)] : args[index - 1] === '--only' ? [arg] : []));
  const named = args.filter((arg, index) => !arg.startsWith('-') && !/^--(only|model|threads)$/.test(args[index - 1] ?? ''));
  const parts = [...only, ...named].flatMap((list) => list.split(','));
  return !args.includes('--help') && (parts.length === 0 || parts.includes('editor'));
}

/**
 * Lays out in `.cache/bench` what the bench of the editor needs: the extension as in its package, once with its own
 * server and once with the one that keeps a pace, and the bundles of `test/bench`.
 */
export async function prepareEditorBench() {
  const target = targets[ownTarget];
  if (!target) {
    throw new SetupError(`there is no package for ${ownTarget}.`);
  }
  const folder = path.join(root, '.cache', 'bench');
  const extension = path.join(folder, 'extension');
  await stagePackage(extension, target);
  const paced = path.join(folder, 'paced');
  await rm(paced, { recursive: true, force: true });
  const heavy = ['models', path.join('dist', 'node_modules'), path.join('dist', 'server.mjs')].map((name) => path.join(extension, name));
  await cp(extension, paced, { recursive: true, filter: (source) => !heavy.includes(source) });
  await Promise.all([
    // The bench finds the checkout three folders above itself, as its sources do.
    bundle('editor/measureEditor.ts', path.join(folder, 'editor', 'measureEditor.mjs'), { format: 'esm', packages: 'external' }),
    bundle('probe/run.ts', path.join(folder, 'editor', 'probe.cjs'), { format: 'cjs', external: ['vscode'] }),
    bundle('editor/pacedServer.ts', path.join(paced, 'dist', 'server.mjs'), {
      format: 'esm',
      banner: { js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);" },
    }),
  ]);
}

async function bundle(entry, outfile, options) {
  const { build } = await import('esbuild');
  const entryPoints = [path.join(root, 'test', 'bench', entry)];
  await build({ entryPoints, outfile, bundle: true, platform: 'node', target: 'node20', logLevel: 'warning', ...options });
}
