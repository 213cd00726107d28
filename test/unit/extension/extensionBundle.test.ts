import { build, type Metafile } from 'esbuild';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire, builtinModules } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import vm from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { extensionBundle } from '../../../server/setup/extensionBundle.mjs';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const onDemand = 'onDemand.cjs';

describe('the bundle of the extension', () => {
  let folder: string;
  let metafile: Metafile;
  const names = (): string[] => Object.keys(metafile.outputs).map((name) => basename(name));
  const code = (name: string): string => readFileSync(join(folder, name), 'utf8');
  const bytes = (files: string[]): number => files.reduce((sum, name) => sum + Buffer.byteLength(code(name)), 0);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bundle-'));
    ({ metafile } = await build({ ...extensionBundle, absWorkingDir: root, outdir: folder, metafile: true, logLevel: 'silent' }));
  });

  afterAll(() => rm(folder, { recursive: true }));

  it('has at most 300 KB that are loaded at once, and as many that are loaded on demand', () => {
    const first = names().filter((name) => name !== onDemand);
    expect(first).toContain('extension.cjs');
    for (const files of [first, [onDemand]]) {
      expect(bytes(files)).toBeLessThan(300 * 1024);
      expect(bytes(files)).toBeGreaterThan(10_000);
    }
  });

  it('has every module once: an error is of the same class in all of it', () => {
    const used = Object.values(metafile.outputs).flatMap(({ inputs }) => Object.entries(inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0));
    const files = used.map(([file]) => file);
    expect(files).toContain('server/protocol/errors.ts');
    expect(new Set(files).size).toBe(files.length);
  });

  it('needs nothing but the editor, Node and itself', () => {
    const imports = Object.values(metafile.outputs).flatMap((output) => output.imports.filter(({ external }) => external).map(({ path }) => path));
    expect(imports.map((name) => name.replace(/^node:/, '')).filter((name) => name !== 'vscode' && !builtinModules.includes(name))).toEqual([]);
  });

  it('holds nothing of the server but its client and its protocol', () => {
    const inputs = Object.keys(metafile.inputs);
    const server = inputs.filter((file) => file.startsWith('server/'));
    expect(server.filter((file) => !/^server\/(client|common|protocol)\//.test(file))).toEqual([]);
    expect(inputs.filter((file) => /onnxruntime|koffi|node-llama|libllama/.test(file))).toEqual([]);
  });

  it('does nothing when it is loaded: no editor, process or file is touched before it is activated', () => {
    const touched: string[] = [];
    const nodeRequire = createRequire(import.meta.url);
    const watch = (name: string, real: object): object =>
      new Proxy(real, {
        get: (target, key) => {
          const value: unknown = Reflect.get(target, key);
          // Classes are extended and constants read; calling is what counts.
          return typeof value === 'function' && !/^class|^[A-Z]/.test(String(key))
            ? new Proxy(value, { apply: (_target, _self, _args) => void touched.push(`${name}.${String(key)}`) })
            : value;
        },
      });
    const watched = ['child_process', 'fs', 'fs/promises', 'net', 'http'];
    const loaded: string[] = [];
    const load = (name: string): unknown => {
      const plain = name.replace(/^node:/, '');
      if (!name.startsWith('./')) {
        return name === 'vscode' ? watch('vscode', {}) : watched.includes(plain) ? watch(plain, nodeRequire(name) as object) : nodeRequire(name);
      }
      loaded.push(basename(name));
      const module = { exports: {} };
      const run = vm.runInThisContext(`(function (module, exports, require) {${code(basename(name))}\n})`) as (...args: unknown[]) => void;
      run(module, module.exports, load);
      return module.exports;
    };
    const { activate, deactivate } = load('./extension.cjs') as { activate?: unknown; deactivate?: unknown };
    expect([typeof activate, typeof deactivate]).toEqual(['function', 'function']);
    expect(loaded).not.toContain(onDemand);
    expect(Object.keys(load(`./${onDemand}`) as object)).toContain('Annotator');
    expect(touched).toEqual([]);
  });
});
