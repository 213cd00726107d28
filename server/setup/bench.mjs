import path from 'node:path';
import { prepareBrowser } from './browser/prepareBrowserTests.mjs';
import { prepareEditorBench, wantsEditor } from './browser/prepareEditorBench.mjs';
import { prepare } from './prepare.mjs';
import { root, runEntry } from './project.mjs';
import { runProcess } from './runProcess.mjs';

await runEntry(async () => {
  await prepare();
  const args = process.argv.slice(2);
  if (wantsEditor(args)) {
    await prepareBrowser();
    await prepareEditorBench();
  }
  const { code } = await runProcess(process.execPath, [path.join(root, 'dist', 'bench.mjs'), ...args], { inherit: true });
  return code;
});
