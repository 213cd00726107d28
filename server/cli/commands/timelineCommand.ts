import { Command, InvalidArgumentError, Option } from 'commander';
import path from 'node:path';
import {
  type Segment,
  type SpeechFallback,
  speechFallbacks,
  type Timeline,
  TimelineCreateRequest,
  type TimelineCreateParams,
  type TimelineCreateProgress,
  type TimelineEvent,
  TimelineExportRequest,
  type TimelineFormat,
  timelineFormats,
  type TimelineTrack,
  timelineTracks,
  VideoOpenRequest,
} from '../../protocol/index.js';
import { ExitCode } from '../exitCode.js';
import { formatClipTime } from '../formatValues.js';
import { clipSpan, decimal } from '../optionParsers.js';
import { addServerOptions, type ServerOptions } from '../serverOptions.js';
import { type Environment, runWithServer, type Session } from '../session.js';
import { StatusLine } from '../statusLine.js';
import { note } from '../terminal.js';
import { writeResult } from '../writeResult.js';

interface Options extends ServerOptions {
  track?: TimelineTrack[];
  fps?: number;
  span?: Segment;
  speech?: SpeechFallback;
  language?: string;
  format: 'text' | TimelineFormat;
  out?: string;
}

const examples = `
Tracks: ${timelineTracks.join(', ')}. Subtitles inside the clip, or beside it as clip.srt, clip.vtt or clip.ass, are what is said;
where there are none, a speech model that is installed hears it. Words behind a question mark are guesses of a weak one.
What was seen is kept: another run on the same clip, or one after an interruption, only looks at what is new.

Examples:
  videochat timeline clip.mp4
  videochat timeline clip.mp4 --track objects --track people --span 1:00-2:30 --fps 2
  videochat timeline clip.mp4 --format csv --out clip.csv`;

const steps = { shots: 'Finding shots', frames: 'Looking', speech: 'Listening', words: 'Listening for words' } as const;

/** `videochat timeline VIDEO` */
export function timelineCommand(environment: Environment, done: (code: ExitCode) => void): Command {
  const command = new Command('timeline')
    .description('list what can be seen, read and heard in a video, and when; no language model is asked')
    .argument('<video>', 'file to look at')
    .addOption(new Option('--track <track>', 'only this track; may be repeated').argParser(addTrack))
    .option('--fps <n>', 'frames looked at a second (1, fewer in long clips)', decimal(0.001, 120))
    .option('--span <start-end>', 'only this part (seconds or m:ss)', clipSpan)
    .addOption(new Option('--speech <who>', 'who hears words where no speech model is installed; many words of pocketsphinx are wrong').choices(speechFallbacks))
    .option('--language <code>', 'language that is spoken, e.g. en (the speech model finds out)', languageCode)
    .addOption(new Option('--format <format>', 'what to print').choices(['text', ...timelineFormats]).default('text'))
    .option('-o, --out <file>', 'write to this file instead');
  addServerOptions(command).addHelpText('after', examples);
  return command.action(async (video: string, options: Options) => {
    done(await runWithServer(environment, options, (session, signal) => run(session, video, options, signal)));
  });
}

async function run(session: Session, video: string, options: Options, signal: AbortSignal): Promise<ExitCode> {
  const { client, terminal } = session;
  const { videoId } = await client.request(VideoOpenRequest, { path: path.resolve(video) }, { signal });
  const timeline = await create(session, videoId, options, signal);
  for (const { track, state, note: why } of timeline.tracks) {
    if (state !== 'complete' || why !== undefined) {
      note(terminal, `${track}: ${state}${why === undefined ? '' : ` (${why})`}`, 'yellow');
    }
  }
  const { format, out } = options;
  const text = format === 'text' ? timeline.events.map(lineOf).join('') : (await client.request(TimelineExportRequest, { timeline, format }, { signal })).text;
  await writeResult(terminal, text, out);
  return ExitCode.ok;
}

async function create({ client, terminal, verbose }: Session, videoId: string, { track, fps, span, speech, language }: Options, signal: AbortSignal): Promise<Timeline> {
  const params: TimelineCreateParams = {
    videoId,
    ...(track ? { tracks: track } : {}),
    ...(fps === undefined ? {} : { framesPerSecond: fps }),
    ...(span ? { span } : {}),
    ...(speech ?? language ? { speech: { ...(speech ? { fallback: speech } : {}), ...(language === undefined ? {} : { language }) } } : {}),
  };
  const status = new StatusLine(terminal, verbose);
  const onProgress = (progress: TimelineCreateProgress): void => {
    if (progress.kind === 'step') {
      const { what, done, total } = progress;
      status.show(steps[what], what === 'frames' ? ` ${done}/${total}` : total > 0 ? ` ${Math.floor((100 * done) / total)} %` : '');
    }
  };
  try {
    return await client.request(TimelineCreateRequest, params, { signal, onProgress });
  } finally {
    status.clear();
  }
}

/** `0:02.0–0:09.0  objects  person × 3 (82 %)` */
function lineOf({ startSeconds, endSeconds, track, label, count, confidence, weak }: TimelineEvent): string {
  const times = `${formatClipTime(startSeconds)}–${formatClipTime(endSeconds)}`;
  const counted = count !== undefined && count > 1 ? ` × ${count}` : '';
  const sure = confidence < 1 ? ` (${Math.round(100 * confidence)} %)` : '';
  return `${times.padEnd(15)}  ${track.padEnd(7)}  ${weak ? '? ' : ''}${label.replaceAll('\n', ' / ')}${counted}${sure}\n`;
}

function languageCode(text: string): string {
  if (!/^[A-Za-z]{2,3}$/.test(text)) {
    throw new InvalidArgumentError('Expected the code of a language: en, de, zh.');
  }
  return text.toLowerCase();
}

function addTrack(text: string, before: TimelineTrack[] = []): TimelineTrack[] {
  const track = timelineTracks.find((each) => each === text);
  if (!track) {
    throw new InvalidArgumentError(`Choose one of ${timelineTracks.join(', ')}.`);
  }
  return [...before, track];
}
