import { Command, Option } from 'commander';
import path from 'node:path';
import { cellText, markdownTable } from '../../common/markdownTable.js';
import { type Comparison, ComparisonCreateRequest, type Presence, VideoOpenRequest } from '../../protocol/index.js';
import { ExitCode } from '../exitCode.js';
import { formatClipTime } from '../formatValues.js';
import { selectModel } from '../selectModel.js';
import { addServerOptions, type ServerOptions } from '../serverOptions.js';
import { type Environment, runWithServer, type Session } from '../session.js';
import { StatusLine } from '../statusLine.js';
import { note } from '../terminal.js';
import { showWork } from '../workStatus.js';
import { writeResult } from '../writeResult.js';

interface Options extends ServerOptions {
  model?: string;
  words: boolean;
  format: 'markdown' | 'json';
  out?: string;
}

const examples = `
Examples:
  videochat compare morning.mp4 evening.mp4
  videochat compare a.mp4 b.mp4 --no-words --format json`;

/** `videochat compare VIDEO VIDEO` */
export function compareCommand(environment: Environment, done: (code: ExitCode) => void): Command {
  const command = new Command('compare')
    .description('tell what two videos both show, and what only one of them does')
    .argument('<first>', 'one file')
    .argument('<second>', 'the other file')
    .option('-m, --model <id>', 'model that puts it into words, if it can')
    .option('--no-words', 'only the table; no model is asked')
    .addOption(new Option('--format <format>', 'what to print').choices(['markdown', 'json']).default('markdown'))
    .option('-o, --out <file>', 'write to this file instead');
  addServerOptions(command).addHelpText('after', examples);
  return command.action(async (first: string, second: string, options: Options) => {
    done(await runWithServer(environment, options, (session, signal) => run(session, [first, second], options, signal)));
  });
}

async function run(session: Session, videos: [string, string], options: Options, signal: AbortSignal): Promise<ExitCode> {
  const { client, terminal, verbose } = session;
  const model = options.words ? await selectModel(client, options.model) : undefined;
  const open = async (video: string): Promise<string> => (await client.request(VideoOpenRequest, { path: path.resolve(video) }, { signal })).videoId;
  const params = { videoIds: [await open(videos[0]), await open(videos[1])] as [string, string], ...(model ? { modelId: model.id } : {}) };
  const status = new StatusLine(terminal, verbose);
  try {
    const comparison = await client.request(ComparisonCreateRequest, params, { signal, onProgress: (progress) => showWork(terminal, status, progress) });
    status.clear();
    for (const { video, track, note: why } of comparison.missing) {
      note(terminal, `${path.basename(videos[video])}, ${track}: ${why}`, 'yellow');
    }
    const text = options.format === 'json' ? `${JSON.stringify(comparison)}\n` : markdownOf(comparison);
    await writeResult(terminal, text, options.out);
    return ExitCode.ok;
  } finally {
    status.clear();
  }
}

function markdownOf({ facts, shots, things, text }: Comparison): string {
  const names = facts.map(({ path: file }) => cellText(path.basename(file)));
  const rows = [
    ['length', ...facts.map(({ kind, durationSeconds }) => (kind === 'video' ? formatClipTime(durationSeconds) : ''))],
    ['size', ...facts.map(({ width, height }) => `${width} × ${height}`)],
    ['shots', ...shots.map(String)],
    ...things.map(({ track, label, presence }) => [`${track}: ${cellText(label)}`, ...presence.map(presenceText)]),
  ];
  return `# ${names.join(' · ')}\n\n${text ? `${text}\n\n` : ''}${markdownTable(['', ...names], rows)}`;
}

/** `7.0 s in 2 stretches, 2 at once, from 0:03.0` */
function presenceText(presence: Presence | null): string {
  if (!presence) {
    return '–';
  }
  const { seconds, times, atOnce, first } = presence;
  return [`${seconds.toFixed(1)} s${times > 1 ? ` in ${times} stretches` : ''}`, ...(atOnce > 1 ? [`${atOnce} at once`] : []), `from ${formatClipTime(first.startSeconds)}`].join(', ');
}
