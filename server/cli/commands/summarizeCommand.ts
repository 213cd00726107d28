import { Command, Option } from 'commander';
import path from 'node:path';
import { writeWhole } from '../../common/writeWhole.js';
import {
  type Segment,
  type Summary,
  SummaryCreateRequest,
  type SummaryCreateParams,
  type SummaryKind,
  summaryKinds,
  summarySourceChoices,
  VideoCloseRequest,
  VideoOpenRequest,
  writeFfmetadata,
} from '../../protocol/index.js';
import { isConnectionLost } from '../batch/batchWorker.js';
import { ExitCode } from '../exitCode.js';
import { clipSpan, decimal } from '../optionParsers.js';
import { printable } from '../printable.js';
import { isCancelled, reportError, toErrorRecord } from '../reportError.js';
import { selectModel, warnAboutModel } from '../selectModel.js';
import { addServerOptions, type ServerOptions } from '../serverOptions.js';
import { type Environment, runWithServer, type Session } from '../session.js';
import { StatusLine } from '../statusLine.js';
import { findClips } from '../summaries/findClips.js';
import { type ClipOutcome, overviewMarkdown, summaryMarkdown } from '../summaries/summaryMarkdown.js';
import { note } from '../terminal.js';
import { showWork } from '../workStatus.js';

const formats = ['text', 'markdown', 'json', 'ffmetadata'] as const;

interface Options extends ServerOptions {
  model?: string;
  plan?: string;
  kind: SummaryKind;
  span?: Segment;
  answersFrom?: SummaryCreateParams['answersFrom'];
  window?: number;
  json?: boolean;
  format?: (typeof formats)[number];
  out?: string;
}

const examples = `
Of a folder all clips are summarized, with an overview at the end. Captions of long clips are kept: what was interrupted goes on.

Examples:
  videochat summarize clip.mp4
  videochat summarize lecture.mp4 --kind chapters
  videochat summarize lecture.mp4 --format ffmetadata --out chapters.txt
  videochat summarize clips/ --format markdown --out clips.md
  videochat summarize clips/*.mp4 --json | jq -r '[.video, .text] | @tsv'`;

/** `videochat summarize VIDEO…` */
export function summarizeCommand(environment: Environment, done: (code: ExitCode) => void): Command {
  const command = new Command('summarize')
    .description('say what happens in videos or pictures, or cut videos into chapters')
    .argument('<video...>', 'files or folders to summarize, one after the other')
    .option('-m, --model <id>', 'model to ask (videochat models lists them)')
    .addOption(new Option('--kind <kind>', 'how much is said').choices(summaryKinds).default('brief'))
    .option('--span <start-end>', 'only this part (seconds or m:ss)', clipSpan)
    .addOption(new Option('--answers-from <what>', 'what the words rest on; events: no model is asked').choices(summarySourceChoices))
    .option('--plan <plan>', 'frame plan: videochat:8, middle:8, fps:1 …')
    .option('--window <seconds>', 'longest part of a long clip that gets a caption (4)', decimal(0.5, 8))
    .addOption(new Option('--format <format>', 'what to print; ffmetadata: chapters for ffmpeg').choices(formats))
    .option('--json', 'print each summary as one line of JSON')
    .option('-o, --out <file>', 'write to this file instead');
  addServerOptions(command).addHelpText('after', examples);
  return command.action(async (videos: string[], options: Options) => {
    done(await runWithServer(environment, options, (session, signal) => run(session, videos, options, signal)));
  });
}

async function run(session: Session, given: string[], options: Options, signal: AbortSignal): Promise<ExitCode> {
  const { terminal } = session;
  const format = options.json ? 'json' : (options.format ?? 'text');
  const kind = format === 'ffmetadata' ? 'chapters' : options.kind;
  const lists = await Promise.all(given.map(findClips));
  const videos = given.flatMap((name, i) => lists[i] ?? [name]);
  if (videos.length === 0) {
    note(terminal, 'There are no videos there.');
    return ExitCode.error;
  }
  if (format === 'ffmetadata' && videos.length > 1) {
    note(terminal, 'Chapters are written for one clip at a time.');
    return ExitCode.usage;
  }
  const model = await selectModel(session.client, options.model);
  warnAboutModel(terminal, model);
  const outcomes: ClipOutcome[] = [];
  const written: string[] = [];
  const write = (text: string): void => void (options.out === undefined ? terminal.out.write(printable(text)) : written.push(text));
  let code: ExitCode = ExitCode.ok;
  for (const video of videos) {
    try {
      const summary = await summarize(session, video, model.id, { ...options, kind }, signal);
      outcomes.push({ video, summary });
      write(entryOf(video, summary, format, videos.length > 1));
    } catch (error) {
      if (format === 'json') {
        write(`${JSON.stringify({ video, error: toErrorRecord(error) })}\n`);
      }
      if (isCancelled(error) || isConnectionLost(error) || videos.length === 1) {
        throw error;
      }
      // One bad clip is no reason to leave the others out.
      note(terminal, `${video}:`);
      code = reportError(terminal, error);
      outcomes.push({ video, problem: toErrorRecord(error).message });
    }
  }
  if (lists.some((list) => list !== undefined) && (format === 'markdown' || format === 'text')) {
    write(overviewMarkdown(outcomes, path.resolve(given[0] ?? '')));
  }
  if (options.out !== undefined) {
    await writeWhole(path.resolve(options.out), written.join(''));
  }
  return code;
}

async function summarize(session: Session, video: string, modelId: string, options: Options, signal: AbortSignal): Promise<Summary> {
  const { client, terminal, verbose } = session;
  const { kind, span, answersFrom, plan, window } = options;
  const status = new StatusLine(terminal, verbose);
  try {
    const { videoId } = await client.request(VideoOpenRequest, { path: path.resolve(video) }, { signal });
    try {
      const params = {
        ...{ videoId, modelId },
        ...(kind === 'brief' ? {} : { kind }),
        ...(span ? { span } : {}),
        ...(answersFrom === undefined ? {} : { answersFrom }),
        ...(plan === undefined ? {} : { plan }),
        ...(window === undefined ? {} : { windowSeconds: window }),
      };
      return await client.request(SummaryCreateRequest, params, { signal, onProgress: (progress) => showWork(terminal, status, progress) });
    } finally {
      client.request(VideoCloseRequest, { videoId }).catch(() => undefined);
    }
  } finally {
    status.clear();
  }
}

function entryOf(video: string, summary: Summary, format: (typeof formats)[number], named: boolean): string {
  switch (format) {
    case 'json':
      return `${JSON.stringify({ video, ...summary })}\n`;
    case 'markdown':
      return `${summaryMarkdown(video, summary)}\n`;
    case 'ffmetadata':
      return writeFfmetadata(summary.chapters ?? []);
    case 'text':
      return `${named ? `${video}\n` : ''}${summary.text}\n${named ? '\n' : ''}`;
  }
}
