import { Command, Option } from 'commander';
import path from 'node:path';
import { LocateCreateRequest, type LocateCreateParams, type LocateResult, type Segment, summarySourceChoices, VideoOpenRequest } from '../../protocol/index.js';
import { ExitCode } from '../exitCode.js';
import { formatClipTime } from '../formatValues.js';
import { clipSpan, wholeNumber } from '../optionParsers.js';
import { printable } from '../printable.js';
import { selectModel, warnAboutModel } from '../selectModel.js';
import { addServerOptions, type ServerOptions } from '../serverOptions.js';
import { type Environment, runWithServer, type Session } from '../session.js';
import { StatusLine } from '../statusLine.js';
import { note, writeJson } from '../terminal.js';
import { showWork } from '../workStatus.js';

interface Options extends ServerOptions {
  model?: string;
  answersFrom?: NonNullable<LocateCreateParams['answersFrom']>;
  span?: Segment;
  most?: number;
  json?: boolean;
}

const examples = `
With --answers-from events no model is asked: what perception models notice is searched, and "vehicle" finds cars.
The confidence is how likely the model found its own times, or how sure the events are that fit; --json says which.
The exit code is 1 where nothing was found.

Examples:
  videochat locate clip.mp4 "a dog"
  videochat locate clip.mp4 "when does somebody speak?" --span 1:00-2:30
  videochat locate clip.mp4 vehicle --answers-from events --json | jq '.spans[0].startSeconds'`;

/** `videochat locate VIDEO QUERY` */
export function locateCommand(environment: Environment, done: (code: ExitCode) => void): Command {
  const command = new Command('locate')
    .description('find when something is to be seen or heard in a video')
    .argument('<video>', 'file to look at')
    .argument('<query>', 'what is looked for, or a question for its time')
    .option('-m, --model <id>', 'model to ask (videochat models lists them)')
    .addOption(new Option('--answers-from <what>', 'what the times rest on; events: no model is asked').choices(summarySourceChoices))
    .option('--span <start-end>', 'only this part (seconds or m:ss)', clipSpan)
    .option('--most <n>', 'most spans (10)', wholeNumber(1, 100))
    .option('--json', 'print the result as JSON');
  addServerOptions(command).addHelpText('after', examples);
  return command.action(async (video: string, query: string, options: Options) => {
    done(await runWithServer(environment, options, (session, signal) => run(session, video, query, options, signal)));
  });
}

async function run(session: Session, video: string, query: string, options: Options, signal: AbortSignal): Promise<ExitCode> {
  const { client, terminal, verbose } = session;
  const { answersFrom, span, most } = options;
  const model = answersFrom === 'events' ? undefined : await selectModel(client, options.model);
  const { videoId } = await client.request(VideoOpenRequest, { path: path.resolve(video) }, { signal });
  const params = {
    ...{ videoId, query },
    ...(model ? { modelId: model.id } : {}),
    ...(answersFrom === undefined ? {} : { answersFrom }),
    ...(span ? { span } : {}),
    ...(most === undefined ? {} : { most }),
  };
  const status = new StatusLine(terminal, verbose);
  let found: LocateResult;
  try {
    found = await client.request(LocateCreateRequest, params, { signal, onProgress: (progress) => showWork(terminal, status, progress) });
  } finally {
    status.clear();
  }
  if (model && found.from === 'embeddings') {
    warnAboutModel(terminal, model);
  }
  if (options.json) {
    writeJson(terminal, found);
  } else {
    terminal.out.write(printable(found.spans.map(lineOf).join('')));
  }
  if (found.note !== undefined) {
    note(terminal, printable(found.note), 'yellow');
  }
  if (found.spans.length === 0) {
    note(terminal, 'Nothing was found.');
    return ExitCode.error;
  }
  return ExitCode.ok;
}

/** `0:02.0–0:09.0   82 %  person, dog` */
function lineOf({ startSeconds, endSeconds, confidence, reasons }: LocateResult['spans'][number]): string {
  const times = `${formatClipTime(startSeconds)}–${formatClipTime(endSeconds)}`;
  return `${times.padEnd(15)}  ${String(Math.round(100 * confidence)).padStart(3)} %  ${reasons.join(', ').replaceAll('\n', ' / ')}\n`;
}
