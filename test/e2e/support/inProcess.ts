import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'esbuild';
import type { TestRecord } from '../inprocess/run.js';
import { CodeServer } from './codeServer.js';
import { cachePath, repository } from './folders.js';
import { until } from './until.js';
import { Workbench } from './workbench.js';

/** Bundles the tests that run inside the extension host, and says where. */
export async function bundleInProcessTests(): Promise<string> {
  const outfile = cachePath('e2e', 'inprocess', 'run.cjs');
  await build({
    entryPoints: [path.join(repository, 'test', 'e2e', 'inprocess', 'run.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    // Mocha loads parts of itself by name; it is found from the checkout's cache folder.
    external: ['vscode', 'mocha'],
    logLevel: 'warning',
  });
  return outfile;
}

/**
 * Runs them in code-server's extension host, through the address that VS Code's own tests in browsers use.
 *
 * @param extension folder of the extension, laid out as in its package
 */
export async function runInProcessTests(extension: string, workspace: string): Promise<TestRecord[]> {
  const tests = await bundleInProcessTests();
  const results = path.join(workspace, '..', 'results.json');
  const server = await CodeServer.start({
    workspace,
    extension: false,
    args: ['--vscode-option', 'enable-smoke-test-driver'],
    env: { VIDEOCHAT_TEST_RESULTS: results },
  });
  const workbench = await Workbench.launch('inprocess', server.folder);
  try {
    let exitCode: number | undefined;
    await workbench.page.exposeFunction('codeAutomationLog', () => undefined);
    await workbench.page.exposeFunction('codeAutomationExit', (code: number) => (exitCode = code));
    const remote = (file: string): string => `vscode-remote://127.0.0.1:${server.port}${file}`;
    const payload = [
      ['extensionDevelopmentPath', remote(extension)],
      ['extensionTestsPath', remote(tests)],
      ['skipWelcome', 'true'],
    ];
    await workbench.page.goto(server.url({ payload: JSON.stringify(payload) }));
    await until(() => exitCode !== undefined, 'the end of the tests in the extension host', 400_000);
    await workbench.screenshot('end');
    return JSON.parse(await readFile(results, 'utf8')) as TestRecord[];
  } finally {
    await workbench.close();
    await server.stop();
  }
}
