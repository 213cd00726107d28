import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { bundleInProcessTests } from '../../../server/setup/browser/bundleInProcessTests.mjs';
import type { TestRecord } from '../inprocess/run.js';
import { CodeServer } from './codeServer.js';
import { until } from './until.js';
import { Workbench } from './workbench.js';

/**
 * Runs the tests of `inprocess/` in code-server's extension host, through the address that VS Code's own tests in browsers use.
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
