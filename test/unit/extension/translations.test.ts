import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import vm from 'node:vm';
import { describe, expect, it } from 'vitest';
import { englishAnnotateStrings } from '../../../server/protocol/annotateStrings.js';
import { englishStrings } from '../../../server/protocol/englishStrings.js';
import { extensionManifest, readText } from '../../fixtures/extensionManifest.js';
import { serverPhrases } from '../../fixtures/serverPhrases.js';

type Bundle = Record<string, string>;
const root = fileURLToPath(new URL('../../../', import.meta.url));
const bundle = (name: string): Bundle => JSON.parse(readText(name)) as Bundle;
const placeholders = (text: string): string[] => [...text.matchAll(/\{\w+\}/g)].map(([found]) => found).sort();
const disagreeing = (english: Bundle, other: Bundle): string[] =>
  Object.keys(english).filter((key) => other[key] !== undefined && placeholders(english[key] ?? '').join() !== placeholders(other[key]).join());

/** Texts that are handed to `l10n.t`, or to the `t` that stands in for it. */
function textsOf(source: string): string[] {
  const literal = /\bt\(\s*('(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")/g;
  return [...source.matchAll(literal)].map(([, text = '']) => String(vm.runInNewContext(text)));
}

function extensionSources(): string[] {
  const folder = join(root, 'extension');
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(join(folder, name), 'utf8'));
}

describe('the extension and the server in Chinese', () => {
  const chinese = bundle(join(extensionManifest.l10n, 'bundle.l10n.zh-cn.json'));
  const server = serverPhrases();
  const used = [...new Set([...extensionSources().flatMap(textsOf), ...Object.values<string>({ ...englishStrings, ...englishAnnotateStrings }), ...server.templates])];

  it('has every text of the extension and of its page', () => {
    expect(used.length).toBeGreaterThan(50);
    expect(used.filter((text) => chinese[text] === undefined)).toEqual([]);
  });

  it('has every message of the server', () => {
    expect(server.templates).toContain('There is no such file.');
    expect(server.templates).toContain('The clip has no frame {0}; it has {1} frames.');
    expect(server.untranslatable).toEqual([]);
  });

  it('has no text that nobody uses', () => {
    expect(Object.keys(chinese).filter((text) => !used.includes(text))).toEqual([]);
  });

  it('keeps the placeholders', () => {
    expect(disagreeing(Object.fromEntries(used.map((text) => [text, text])), chinese)).toEqual([]);
  });

  it('never puts texts together from code: only whole literals can be translated', () => {
    const built = extensionSources().flatMap((source) => [...source.matchAll(/\bl10n\.t\(\s*[^'"\s)][^)]*\)/g)].map(([call]) => call));
    expect(built).toEqual([]);
  });
});

describe('the manifest in both languages', () => {
  const english = bundle('package.nls.json');
  const chinese = bundle('package.nls.zh-cn.json');
  const keys = [...readText('package.json').matchAll(/"%([\w.-]+)%"/g)].map(([, key = '']) => key);

  it('has a text for every key, and no other', () => {
    expect([...new Set(keys)].sort()).toEqual(Object.keys(english).sort());
    expect(Object.keys(chinese).sort()).toEqual(Object.keys(english).sort());
  });

  it('has no empty text, and the same command links', () => {
    const links = (text: string): string[] => [...text.matchAll(/\(command:[^)]*\)/g)].map(([link]) => link);
    for (const [key, text] of Object.entries(english)) {
      expect([text, chinese[key]]).not.toContain('');
      expect(links(chinese[key] ?? ''), key).toEqual(links(text));
    }
    expect(disagreeing(english, chinese)).toEqual([]);
  });

  it('has the folder of translations', () => {
    expect(existsSync(join(root, extensionManifest.l10n))).toBe(true);
  });
});
