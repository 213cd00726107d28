import { copyFile, mkdir, cp } from 'node:fs/promises';
import path from 'node:path';
import { it } from 'vitest';
import { build } from 'esbuild';
import { repository, shortFolder, cachePath } from './support/folders.js';
import { CodeServer } from './support/codeServer.js';
import { Workbench } from './support/workbench.js';
import { until } from './support/until.js';
it('runs', async () => {
  const workspace = path.join(shortFolder(), 'clips');
  await mkdir(workspace);
  for (const name of ['sample.mp4', 'second.mp4']) {
    await copyFile(path.join(repository, 'models', 'videochat-mini', 'sample.mp4'), path.join(workspace, name));
  }
  const outfile = cachePath('e2e', 'inprocess', 'zzrun.cjs');
  await build({ entryPoints: [path.join(repository, 'test/e2e/inprocess/zzrun.ts')], outfile, bundle: true, platform: 'node', format: 'cjs', target: 'node20', external: ['vscode', 'mocha'] });
  const server = await CodeServer.start({ workspace, extension: false, args: ['--vscode-option', 'enable-smoke-test-driver'] });
  const workbench = await Workbench.launch('zz', server.folder);
  let exit: number | undefined;
  try {
    await workbench.page.exposeFunction('codeAutomationLog', (_t: string, a: unknown) => console.log('LOG', JSON.stringify(a)?.slice(0, 300)));
    await workbench.page.exposeFunction('codeAutomationExit', (code: number) => (exit = code));
    const remote = (file: string): string => `vscode-remote://127.0.0.1:${server.port}${file}`;
    const payload = [['extensionDevelopmentPath', remote('/tmp/s-core/ext')], ['extensionTestsPath', remote(outfile)], ['skipWelcome', 'true']];
    await workbench.page.goto(server.url({ payload: JSON.stringify(payload) }));
    try { await until(() => exit !== undefined, 'end', 150_000); } finally {
      await workbench.page.screenshot({ path: '/tmp/s-core/end.png' });
      await cp(path.join(server.folder, 'profile', 'logs'), '/tmp/s-core/logs', { recursive: true }).catch((e) => console.log(String(e)));
      await cp(workspace, '/tmp/s-core/ws', { recursive: true });
    }
  } finally {
    await workbench.close();
    await server.stop();
  }
}, 300_000);
