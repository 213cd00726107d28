import { Command, Option } from 'commander';
import path from 'node:path';
import { VideoFramesRequest, VideoOpenRequest } from '../../protocol/index.js';
import { toSpan } from '../chatOptions.js';
import { ExitCode } from '../exitCode.js';
import { clipTime, wholeNumber } from '../optionParsers.js';
import { addServerOptions, type ServerOptions } from '../serverOptions.js';
import { type Environment, runWithServer } from '../session.js';
import { note, writeJson } from '../terminal.js';

interface Options extends ServerOptions {
  plan: string;
  out: string;
  format: 'png' | 'jpeg';
  maxSide?: number;
  start?: number;
  end?: number;
  json?: boolean;
}

const examples = `
Frame plans:
  videochat:8   8 frames, one from each eighth of the clip, as the original VideoChat takes them
  middle:8      8 frames, from the middle of each eighth
  fps:1         one frame each second

Examples:
  videochat frames clip.mp4 --plan videochat:8 --out frames
  videochat frames clip.mp4 --plan fps:2 --start 10 --end 20 --max-side 640 --format jpeg --out frames`;

/** `videochat frames VIDEO --plan PLAN --out DIR` */
export function framesCommand(environment: Environment, done: (code: ExitCode) => void): Command {
  const command = new Command('frames')
    .description('write the frames that a model would look at as pictures')
    .argument('<video>', 'file to read')
    .requiredOption('-o, --out <folder>', 'where the pictures go; made if missing')
    .option('--plan <plan>', 'which frames', 'videochat:8')
    .addOption(new Option('--format <format>', 'kind of picture').choices(['png', 'jpeg']).default('png'))
    .option('--max-side <pixels>', 'make the longer side at most this long', wholeNumber(1, 16_384))
    .option('--start <time>', 'look only at what follows (seconds or m:ss)', clipTime)
    .option('--end <time>', 'look only at what comes before', clipTime)
    .option('--json', 'print plan and paths as one line of JSON');
  addServerOptions(command).addHelpText('after', examples);
  return command.action(async (video: string, options: Options) => {
    done(
      await runWithServer(environment, options, async ({ client, terminal }, signal) => {
        const opened = await client.request(VideoOpenRequest, { path: path.resolve(video) }, { signal });
        const { plan, format, maxSide } = options;
        const outFolder = path.resolve(options.out);
        const span = toSpan(options, opened.facts);
        const params = { videoId: opened.videoId, plan, ...span, outFolder, format, maxSide };
        const result = await client.request(VideoFramesRequest, params, { signal });
        if (options.json) {
          writeJson(terminal, result);
        } else {
          terminal.out.write(result.paths.map((file) => `${file}\n`).join(''));
          note(terminal, result.plan.reason, 'dim');
        }
        return ExitCode.ok;
      }),
    );
  });
}
