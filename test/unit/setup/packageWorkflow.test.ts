import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { targets } from '../../../server/setup/packaging/targets.mjs';

interface Step {
  run?: string;
  uses?: string;
  with?: Record<string, unknown>;
}
interface Workflow {
  permissions: Record<string, string>;
  jobs: Record<string, { steps: Step[]; needs?: string; strategy?: { matrix: { target: string[] } } }>;
}

// A part of ESLint and of Mocha, without types.
const { load } = createRequire(import.meta.url)('js-yaml') as { load(text: string): unknown };
const text = readFileSync(new URL('../../../.github/workflows/package.yml', import.meta.url), 'utf8');
const workflow = load(text) as Workflow;
const scripts = (JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as { scripts: object }).scripts;

describe('the packaging workflow', () => {
  it('makes the packages that can be made, and attaches each', () => {
    const job = workflow.jobs['package'];
    expect(job?.strategy?.matrix.target).toEqual(Object.keys(targets));
    expect(job?.needs).toBe('test');
    const attached = job?.steps.find(({ uses }) => uses?.startsWith('actions/upload-artifact'));
    expect(attached?.with).toMatchObject({ path: 'dist/videochat-${{ matrix.target }}.vsix', 'if-no-files-found': 'error' });
  });

  it('runs only scripts that there are, with packages from the lock', () => {
    const commands = Object.values(workflow.jobs).flatMap(({ steps }) => steps.map(({ run }) => run ?? ''));
    const named = commands.flatMap((command) => [...command.matchAll(/npm run ([\w:]+)/g)].map((match) => match[1] ?? ''));
    expect(named).toContain('package');
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
    expect(commands).not.toContain('npm install');
    expect(commands.filter((command) => command === 'npm ci')).toHaveLength(2);
  });

  it('uses actions of a major version, and only those of the platform', () => {
    const used = Object.values(workflow.jobs).flatMap(({ steps }) => steps.flatMap(({ uses }) => uses ?? []));
    expect(used.length).toBeGreaterThan(0);
    expect(used.filter((each) => !/^actions\/[\w-]+@v\d+$/.test(each))).toEqual([]);
  });

  it('may write only where it makes a release', () => {
    expect(workflow.permissions).toEqual({ contents: 'read' });
  });
});
