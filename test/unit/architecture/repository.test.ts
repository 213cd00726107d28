import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const isCheckout = existsSync(path.join(root, '.git'));

function trackedFiles(): string[] {
  return execFileSync('git', ['-c', 'safe.directory=*', 'ls-files', '-z'], { cwd: root, encoding: 'utf8' })
    .split('\0')
    .filter((file) => file && existsSync(path.join(root, file)));
}

const source = (files: string[]): string[] => files.filter((file) => /^(server|extension|webview)\/.*\.(ts|mjs)$/.test(file));

// A download of the source without git has nothing to list.
describe.skipIf(!isCheckout)('the repository', () => {
  it('has the top level it was designed with', () => {
    const allowed = [
      ...['.ci', '.gitattributes', '.github', '.gitignore', '.npmrc', '.vscodeignore', '.vscode'],
      ...['CHANGELOG.md', 'CONTRIBUTING.md', 'LICENSE', 'NOTICE', 'README.md', 'README.zh-CN.md', 'package-lock.json', 'package.json'],
      ...['esbuild.mjs', 'eslint.config.mjs', 'tsconfig.json', 'vitest.config.ts', 'package.nls.json', 'package.nls.zh-cn.json'],
      ...['extension', 'l10n', 'models', 'server', 'test', 'webview'],
    ];
    const top = new Set(trackedFiles().map((file) => file.split('/')[0]));
    expect([...top].filter((name) => !allowed.includes(name ?? ''))).toEqual([]);
  });

  it('names source files in camelCase, after what they export', () => {
    const odd = source(trackedFiles()).filter((file) => !/^[a-z][a-zA-Z0-9]*\.(d\.ts|ts|mjs)$/.test(path.basename(file)));
    expect(odd).toEqual([]);
  });

  it('keeps source files short', () => {
    const lengths = source(trackedFiles())
      .map((file) => readFileSync(path.join(root, file), 'utf8').split('\n').length)
      .sort((a, b) => a - b);
    expect(lengths.at(-1)).toBeLessThanOrEqual(500);
    expect(lengths[Math.floor(lengths.length / 2)]).toBeLessThanOrEqual(120);
  });

  it('has documents whose links lead somewhere', () => {
    const documents = ['README.md', 'README.zh-CN.md', 'server/protocol/examples/python-client/README.md', 'test/conformance/README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'models/README.md', 'server/protocol/README.md'];
    const broken = documents.flatMap((document) =>
      [...readFileSync(path.join(root, document), 'utf8').matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)]
        .map((match) => match[1] ?? '')
        .filter((link) => !existsSync(path.join(root, path.dirname(document), link)))
        .map((link) => `${document}: ${link}`),
    );
    expect(broken).toEqual([]);
  });

  it('holds no paths of the machine it was written on', () => {
    const text = trackedFiles().filter((file) => /\.(ts|mjs|md|json|py|yml)$/.test(file) && file !== 'package-lock.json');
    const machine = new RegExp(['/work', '/(main|shared)\\b'].join(''));
    expect(text.filter((file) => machine.test(readFileSync(path.join(root, file), 'utf8')))).toEqual([]);
  });
});
