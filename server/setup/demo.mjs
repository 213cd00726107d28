import path from 'node:path';
import { prepare } from './prepare.mjs';
import { root, runEntry, say } from './project.mjs';
import { runProcess } from './runProcess.mjs';

const sample = path.join(root, 'models', 'videochat-mini', 'sample.mp4');
const sampleQuestion = 'Describe the video.';

await runEntry(async () => {
  await prepare();
  const given = process.argv.slice(2);
  const args = given.length > 0 ? given : [sample, sampleQuestion];
  if (given.length === 0) {
    say(`videochat chat ${path.relative(process.cwd(), sample)} "${sampleQuestion}"`);
  }
  // npm starts scripts in the package's folder; paths on its command line mean the caller's.
  const cwd = process.env.INIT_CWD ?? process.cwd();
  const program = path.join(root, 'dist', 'videochat.mjs');
  const { code } = await runProcess(process.execPath, [program, 'chat', ...args], { cwd, inherit: true });
  return code;
});
