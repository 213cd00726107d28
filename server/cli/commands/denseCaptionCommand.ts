import { Command, InvalidArgumentError, Option } from 'commander';
import path from 'node:path';
import {
  DenseCaptionCreateRequest,
  type DenseCaptionCreateParams,
  DenseCaptionExportRequest,
  denseCaptionFormats,
  type DenseCaptionProgress,
  type DenseCaptions,
  type Segment,
  summarySourceChoices,
  VideoCloseRequest,
  VideoOpenRequest,
} from '../../protocol/index.js';
import { isConnectionLost } from '../batch/batchWorker.js';
import { ExitCode } from '../exitCode.js';
import { formatClipTime } from '../formatValues.js';
import { clipSpan, decimal } from '../optionParsers.js';
import { printable } from '../printable.js';
import { isCancelled, reportError } from '../reportError.js';
import { selectModel, warnAboutModel } from '../selectModel.js';
import { addServerOptions, type ServerOptions } from '../serverOptions.js';
import { type Environment, runWithServer, type Session } from '../session.js';
import { StatusLine } from '../statusLine.js';
import { note } from '../terminal.js';
import { showWork } from '../workStatus.js';
import { writeResult } from '../writeResult.js';

const formats = ['text', 'json', ...denseCaptionFormats] as const;

interface Options extends ServerOptions {
  model?: string;
  answersFrom?: NonNullable<DenseCaptionCreateParams['answersFrom']>;
  span?: Segment;
  window?: number;
  format: (typeof formats)[number];
  out?: string;
}

const examples = `
The clip is cut at its shots and into windows; neighbours that say the same become one event. Captions are kept: a run
that was interrupted goes on where it was. With --answers-from events no model is asked.

Examples:
  videochat dense-caption clip.mp4
  videochat dense-caption clip.mp4 --format webvtt --out clip.vtt
  videochat dense-caption clip.mp4 --format annotations --out clip.mp4.videochat.json
  videochat dense-caption clips/*.mp4 --format activitynet --out results.json`;

/** `videochat dense-caption VIDEO…` */
export function denseCaptionCommand(environment: Environment, done: (code: ExitCode) => void): Command {
  const command = new Command('dense-caption')
    .description('say what happens in videos, event by event, with start and end')
    .argument('<video...>', 'files to caption; several only with the formats text, json and activitynet')
    .option('-m, --model <id>', 'model to ask (videochat models lists them)')
    .addOption(new Option('--answers-from <what>', 'what the words rest on; events: no model is asked').choices(summarySourceChoices))
    .option('--span <start-end>', 'only this part (seconds or m:ss)', clipSpan)
    .option('--window <seconds>', 'longest part captioned at once (4)', decimal(0.5, 8))
    .addOption(new Option('--format <format>', 'what to print').choices(formats).default('text'))
    .option('-o, --out <file>', 'write to this file instead');
  addServerOptions(command).addHelpText('after', examples);
  return command.action(async (videos: string[], options: Options) => {
    if (videos.length > 1 && !['text', 'json', 'activitynet'].includes(options.format)) {
      throw new InvalidArgumentError(`${options.format} holds the captions of one clip.`);
    }
    done(await runWithServer(environment, options, (session, signal) => run(session, videos, options, signal)));
  });
}

async function run(session: Session, videos: readonly string[], options: Options, signal: AbortSignal): Promise<ExitCode> {
  const { client, terminal } = session;
  const model = options.answersFrom === 'events' ? undefined : await selectModel(client, options.model);
  const made: { video: string; captions: DenseCaptions }[] = [];
  let code: ExitCode = ExitCode.ok;
  for (const video of videos) {
    try {
      const captions = await create(session, video, model?.id, options, signal);
      if (model && captions.from === 'embeddings') {
        warnAboutModel(terminal, model);
      }
      if (captions.note !== '') {
        note(terminal, printable(`${video}: ${captions.note}`), 'yellow');
      }
      made.push({ video, captions });
    } catch (error) {
      if (isCancelled(error) || isConnectionLost(error) || videos.length === 1) {
        throw error;
      }
      // One bad clip is no reason to leave the others out.
      note(terminal, printable(`${video}:`));
      code = reportError(terminal, error);
    }
  }
  if (made.length === 0) {
    return ExitCode.error;
  }
  const text = await format(session, made, options.format, signal);
  await writeResult(terminal, text, options.out);
  return code;
}

async function create({ client, terminal, verbose }: Session, video: string, modelId: string | undefined, options: Options, signal: AbortSignal): Promise<DenseCaptions> {
  const { answersFrom, span, window } = options;
  const { videoId } = await client.request(VideoOpenRequest, { path: path.resolve(video) }, { signal });
  const status = new StatusLine(terminal, verbose);
  const params = {
    videoId,
    ...(modelId === undefined ? {} : { modelId }),
    ...(answersFrom === undefined ? {} : { answersFrom }),
    ...(span ? { span } : {}),
    ...(window === undefined ? {} : { windowSeconds: window }),
  };
  try {
    const onProgress = (progress: DenseCaptionProgress): void => void (progress.kind === 'step' && showWork(terminal, status, progress));
    return await client.request(DenseCaptionCreateRequest, params, { signal, onProgress });
  } finally {
    status.clear();
    client.request(VideoCloseRequest, { videoId }).catch(() => undefined);
  }
}

async function format({ client }: Session, made: readonly { video: string; captions: DenseCaptions }[], kind: Options['format'], signal: AbortSignal): Promise<string> {
  switch (kind) {
    case 'text':
      return made.map(({ video, captions }) => `${made.length > 1 ? `${video}\n` : ''}${captions.captions.map(lineOf).join('')}`).join('\n');
    case 'json':
      return made.map(({ video, captions }) => `${JSON.stringify({ video, ...captions })}\n`).join('');
    default:
      return (await client.request(DenseCaptionExportRequest, { clips: made.map(({ captions: { facts, captions, model } }) => ({ facts, captions, ...(model ? { model } : {}) })), format: kind }, { signal })).text;
  }
}

/** `0:02.0–0:09.0   A dog runs.` */
function lineOf({ startSeconds, endSeconds, text }: DenseCaptions['captions'][number]): string {
  return `${`${formatClipTime(startSeconds)}–${formatClipTime(endSeconds)}`.padEnd(15)}  ${text}\n`;
}
