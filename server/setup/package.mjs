import path from 'node:path';
import { parseArgs } from 'node:util';
import { buildOutput } from './buildOutput.mjs';
import { installDependencies } from './installDependencies.mjs';
import { makePackage } from './packaging/makePackage.mjs';
import { ownTarget, targetNamed, targets } from './packaging/targets.mjs';
import { runEntry, say } from './project.mjs';

const usage = `npm run package -- [--target TARGET] [--ffmpeg FOLDER]
  --target   ${Object.keys(targets).join(', ')}; this machine's by default
  --ffmpeg   a folder with an ffmpeg and an ffprobe for the target that need no other files, the text of their
             licence (LICENSE…) and one that says where their source code is (SOURCE…); all go in. Without it
             the machine's own are used.`;

await runEntry(async () => {
  const { values } = parseArgs({
    options: { target: { type: 'string', default: ownTarget }, ffmpeg: { type: 'string' }, help: { type: 'boolean' } },
  });
  if (values.help) {
    say(usage);
    return 0;
  }
  targetNamed(values.target);
  await installDependencies();
  await buildOutput();
  const ffmpeg = values.ffmpeg === undefined ? undefined : path.resolve(process.env.INIT_CWD ?? '.', values.ffmpeg);
  const { file, entries, bytes } = await makePackage(values.target, ffmpeg);
  say(`${path.relative(process.cwd(), file)}: ${(bytes / 1_000_000).toFixed(1)} MB, ${entries.length} files`);
  return 0;
});
