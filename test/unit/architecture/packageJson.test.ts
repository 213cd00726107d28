import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const read = (name: string): string => readFileSync(new URL(`../../../${name}`, import.meta.url), 'utf8');
const manifest = JSON.parse(read('package.json')) as {
  scripts: Record<string, string>;
  bin: Record<string, string>;
  dependencies: Record<string, string>;
  optionalDependencies: Record<string, string>;
};

describe('package.json', () => {
  it('has every script that the documents name', () => {
    const named = ['README.md', 'CONTRIBUTING.md']
      .flatMap((name) => [...read(name).matchAll(/npm run ([a-z:]+)/g)])
      .map((match) => match[1] ?? '');
    expect(named.length).toBeGreaterThan(0);
    expect([...new Set(named)].filter((name) => !(name in manifest.scripts))).toEqual([]);
  });

  it('lets nothing but the registry be needed: no install scripts, ffmpeg-static optional', () => {
    expect(read('.npmrc')).toMatch(/^ignore-scripts=true$/m);
    expect(Object.keys(manifest.optionalDependencies)).toContain('ffmpeg-static');
    expect(manifest.dependencies).not.toHaveProperty('ffmpeg-static');
    const { packages } = JSON.parse(read('package-lock.json')) as { packages: Record<string, { resolved?: string }> };
    const elsewhere = Object.values(packages).filter(({ resolved }) => resolved && !/^https:\/\/registry\./.test(resolved));
    expect(elsewhere).toEqual([]);
  });

  it('runs in CI what the README tells people to run', () => {
    const commands = read('.ci/run').split('\n').filter((line) => line && !/^(#|set |cd )/.test(line));
    expect(commands).toEqual(['npm test']);
    expect(read('README.md')).toContain('npm test');
  });
});
