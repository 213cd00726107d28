import { Command, Option } from 'commander';
import path from 'node:path';
import { cellText } from '../../common/markdownTable.js';
import {
  type Narration,
  NarrationCreateRequest,
  type NarrationCreateParams,
  NarrationExportRequest,
  narrationFormats,
  type Segment,
  summarySourceChoices,
  VideoOpenRequest,
} from '../../protocol/index.js';
import { ExitCode } from '../exitCode.js';
import { formatClipTime } from '../formatValues.js';
import { clipSpan, decimal, wholeNumber } from '../optionParsers.js';
import { selectModel, warnAboutModel } from '../selectModel.js';
import { addServerOptions, type ServerOptions } from '../serverOptions.js';
import { type Environment, runWithServer, type Session } from '../session.js';
import { StatusLine } from '../statusLine.js';
import { note } from '../terminal.js';
import { showWork } from '../workStatus.js';
import { writeResult } from '../writeResult.js';

const formats = ['markdown', 'json', ...narrationFormats] as const;

interface Options extends ServerOptions {
  model?: string;
  every?: number;
  span?: Segment;
  variants?: number;
  answersFrom?: NarrationCreateParams['answersFrom'];
  format: (typeof formats)[number];
  out?: string;
}

const examples = `
Lines are kept: a narration that was interrupted goes on where it was.

Examples:
  videochat narrate clip.mp4
  videochat narrate clip.mp4 --every 2 --format webvtt --out clip.vtt
  videochat narrate clip.mp4 --variants 5 --format jsonl >> narrations.jsonl`;

/** `videochat narrate VIDEO` */
export function narrateCommand(environment: Environment, done: (code: ExitCode) => void): Command {
  const command = new Command('narrate')
    .description('tell what happens in a video, a line every few seconds')
    .argument('<video>', 'file to narrate')
    .option('-m, --model <id>', 'model to ask (videochat models lists them)')
    .option('--every <seconds>', 'how long each line is about (4)', decimal(0.5, 60))
    .option('--span <start-end>', 'only this part (seconds or m:ss)', clipSpan)
    .option('--variants <n>', 'other wordings of each line, for data augmentation', wholeNumber(0, 20))
    .addOption(new Option('--answers-from <what>', 'what the words rest on; events: no model is asked').choices(summarySourceChoices))
    .addOption(new Option('--format <format>', 'what to print').choices(formats).default('markdown'))
    .option('-o, --out <file>', 'write to this file instead');
  addServerOptions(command).addHelpText('after', examples);
  return command.action(async (video: string, options: Options) => {
    done(await runWithServer(environment, options, (session, signal) => run(session, video, options, signal)));
  });
}

async function run(session: Session, video: string, options: Options, signal: AbortSignal): Promise<ExitCode> {
  const { client, terminal } = session;
  const model = await selectModel(client, options.model);
  warnAboutModel(terminal, model);
  const narration = await create(session, video, model.id, options, signal);
  if (narration.note !== '') {
    note(terminal, narration.note, 'yellow');
  }
  const text = await format(session, narration, options.format, signal);
  await writeResult(terminal, text, options.out);
  return ExitCode.ok;
}

async function create({ client, terminal, verbose }: Session, video: string, modelId: string, options: Options, signal: AbortSignal): Promise<Narration> {
  const { every, span, variants, answersFrom } = options;
  const { videoId } = await client.request(VideoOpenRequest, { path: path.resolve(video) }, { signal });
  const status = new StatusLine(terminal, verbose);
  const params = {
    ...{ videoId, modelId },
    ...(every === undefined ? {} : { everySeconds: every }),
    ...(span ? { span } : {}),
    ...(variants === undefined ? {} : { variants }),
    ...(answersFrom === undefined ? {} : { answersFrom }),
  };
  try {
    return await client.request(NarrationCreateRequest, params, { signal, onProgress: (progress) => showWork(terminal, status, progress) });
  } finally {
    status.clear();
  }
}

async function format({ client }: Session, narration: Narration, format: Options['format'], signal: AbortSignal): Promise<string> {
  switch (format) {
    case 'markdown':
      return [`# ${cellText(path.basename(narration.facts.path))}`, '', ...narration.lines.flatMap(lineOf), ''].join('\n');
    case 'json':
      return `${JSON.stringify(narration)}\n`;
    default: {
      const { facts, lines } = narration;
      return (await client.request(NarrationExportRequest, { narration: { facts, lines }, format }, { signal })).text;
    }
  }
}

function lineOf({ startSeconds, endSeconds, text, variants = [] }: Narration['lines'][number]): string[] {
  return [`- **${formatClipTime(startSeconds)}–${formatClipTime(endSeconds)}** ${text}`, ...variants.map((variant) => `  - ${variant}`)];
}
