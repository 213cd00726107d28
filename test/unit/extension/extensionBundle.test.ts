import { build, type Metafile } from 'esbuild';
import { createRequire, builtinModules } from 'node:module';
import { fileURLToPath } from 'node:url';
import vm from 'node:vm';
import { beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../../', import.meta.url));

describe('the bundle of the extension', () => {
  let code: string;
  let inputs: Metafile['inputs'];
  let imports: string[];

  beforeAll(async () => {
    const result = await build({
      absWorkingDir: root,
      entryPoints: ['extension/main.ts'],
      bundle: true,
      minify: true,
      write: false,
      metafile: true,
      platform: 'node',
      format: 'cjs',
      target: 'node20',
      external: ['vscode'],
      mainFields: ['module', 'main'],
      logLevel: 'silent',
    });
    code = result.outputFiles[0]?.text ?? '';
    inputs = result.metafile.inputs;
    imports = Object.values(result.metafile.outputs).flatMap((output) => output.imports.map(({ path }) => path));
  });

  it('has at most 300 KB', () => {
    expect(Buffer.byteLength(code)).toBeLessThan(300 * 1024);
    expect(Buffer.byteLength(code)).toBeGreaterThan(10_000);
  });

  it('needs nothing but the editor and Node', () => {
    expect(imports.map((name) => name.replace(/^node:/, '')).filter((name) => name !== 'vscode' && !builtinModules.includes(name))).toEqual([]);
  });

  it('holds nothing of the server but its client and its protocol', () => {
    const server = Object.keys(inputs).filter((file) => file.startsWith('server/'));
    expect(server.filter((file) => !/^server\/(client|common|protocol)\//.test(file))).toEqual([]);
    expect(Object.keys(inputs).filter((file) => /onnxruntime|koffi|llama/.test(file))).toEqual([]);
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
    const module = { exports: {} as { activate?: unknown; deactivate?: unknown } };
    const load = (name: string): unknown => {
      const plain = name.replace(/^node:/, '');
      return name === 'vscode' ? watch('vscode', {}) : watched.includes(plain) ? watch(plain, nodeRequire(name) as object) : nodeRequire(name);
    };
    const run = vm.runInThisContext(`(function (module, exports, require) {${code}\n})`) as (...args: unknown[]) => void;
    run(module, module.exports, load);
    expect(touched).toEqual([]);
    expect([typeof module.exports.activate, typeof module.exports.deactivate]).toEqual(['function', 'function']);
  });
});
