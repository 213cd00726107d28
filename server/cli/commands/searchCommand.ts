import { Command, InvalidArgumentError, Option } from 'commander';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import {
  ErrorCode,
  phrase,
  SearchIndexRequest,
  type SearchIndexProgress,
  type SearchIndexResult,
  type SearchKind,
  searchKinds,
  type SearchMatch,
  type SearchMoment,
  SearchQueryRequest,
  VideoChatError,
} from '../../protocol/index.js';
import { ExitCode } from '../exitCode.js';
import { formatClipTime } from '../formatValues.js';
import { wholeNumber } from '../optionParsers.js';
import { printable } from '../printable.js';
import { addServerOptions, type ServerOptions } from '../serverOptions.js';
import { type Environment, runWithServer, type Session } from '../session.js';
import { StatusLine } from '../statusLine.js';
import { note } from '../terminal.js';

interface Options extends ServerOptions {
  look?: boolean;
  limit: number;
  kind?: SearchKind[];
  json?: boolean;
  index: boolean;
}

const usualLimit = 20;
const mostFailures = 5;

const examples = `
Finds what was noticed when clips were looked through, subtitles, annotations and names. Other forms of a word, its synonyms and
kinds of it are found too: "vehicle" finds a car. "Words in quotes" must follow each other, -words must not be there.
Where a model that finds pictures by words (CLIP, SigLIP) is installed, --look lets it see the clips, and moments that look like
the question are found too.
The index is kept: another search only reads what has changed.

Examples:
  videochat search "dog on a sofa" recordings
  videochat search vehicle recordings --look
  videochat search '"turn left"' --kind speech --kind text --json`;

/** `videochat search QUERY [FOLDER…]` */
export function searchCommand(environment: Environment, done: (code: ExitCode) => void): Command {
  const command = new Command('search')
    .description('find moments in all videos of some folders')
    .argument('<query>', 'what to look for')
    .argument('[folder...]', 'where; the current folder if none is named')
    .option('--look', 'look through videos that nobody has looked through yet, which takes about as long as they last')
    .option('--no-index', 'search what is known, without looking what has changed')
    .addOption(new Option('--kind <kind>', `only what was found this way; may be repeated (${searchKinds.join(', ')})`).argParser(addKind))
    .option('--limit <n>', 'moments to print', wholeNumber(1, 1000), usualLimit)
    .option('--json', 'print a JSON object for each moment');
  addServerOptions(command).addHelpText('after', examples);
  return command.action(async (query: string, folders: string[], options: Options) => {
    done(await runWithServer(environment, options, (session, signal) => run(session, query, folders, options, signal)));
  });
}

async function run(session: Session, query: string, named: readonly string[], options: Options, signal: AbortSignal): Promise<ExitCode> {
  const { client, terminal } = session;
  const folders = (named.length > 0 ? named : ['.']).map((folder) => path.resolve(folder));
  await Promise.all(folders.map(requireFolder));
  const indexed = options.index ? await index(session, folders, options.look ?? false, signal) : undefined;
  const params = { query, folders, limit: options.limit, ...(options.kind ? { kinds: options.kind } : {}) };
  const { moments, more, clips, retrieval } = await client.request(SearchQueryRequest, params, { signal });
  for (const moment of moments) {
    terminal.out.write(options.json ? `${JSON.stringify(moment)}\n` : printable(linesOf(moment)));
  }
  if (indexed) {
    tell(session, indexed);
  }
  const unused = retrieval?.problem ?? indexed?.retrieval?.problem;
  if (unused) {
    note(terminal, `Pictures were not searched: ${unused.message}`, 'yellow');
  }
  if (moments.length === 0) {
    note(terminal, `Nothing was found in ${clips} clips.`, 'yellow');
  } else if (more) {
    note(terminal, `There is more: --limit ${options.limit * 2} shows it.`, 'yellow');
  }
  if (indexed && indexed.unseen > 0 && !options.look) {
    note(terminal, `${indexed.unseen} of ${indexed.clips} clips were not looked through yet; --look does that.`, 'yellow');
  }
  return ExitCode.ok;
}

async function requireFolder(folder: string): Promise<void> {
  const isFolder = await stat(folder).then((stats) => stats.isDirectory(), () => false);
  if (!isFolder) {
    throw new VideoChatError(ErrorCode.InvalidParams, phrase`There is no folder ${folder}.`, { hint: 'Name a dataset, or a folder of videos.', subject: folder });
  }
}

async function index({ client, terminal, verbose }: Session, folders: string[], look: boolean, signal: AbortSignal): Promise<SearchIndexResult> {
  const status = new StatusLine(terminal, verbose);
  const onProgress = (progress: SearchIndexProgress): void => {
    if (progress.kind === 'clips') {
      status.show(progress.stage === 'beside' ? 'Comparing clips' : 'Looking for subtitles', ` ${progress.done}/${progress.total}`);
    } else {
      status.show(`Looking through ${path.basename(progress.path)}`, ` ${Math.floor(100 * progress.fraction)} % (${progress.done + 1}/${progress.total})`);
    }
  };
  try {
    return await client.request(SearchIndexRequest, { folders, look }, { signal, onProgress });
  } finally {
    status.clear();
  }
}

function tell({ terminal }: Session, { rebuilt, full, failed }: SearchIndexResult): void {
  if (rebuilt) {
    note(terminal, 'The index could not be read and was made anew.', 'yellow');
  }
  if (full) {
    note(terminal, 'There are more clips than the index holds: some cannot be found.', 'yellow');
  }
  for (const { path: clip, message } of failed.slice(0, mostFailures)) {
    note(terminal, `${clip}: ${message}`, 'yellow');
  }
  if (failed.length > mostFailures) {
    note(terminal, `… and ${failed.length - mostFailures} more.`, 'yellow');
  }
}

/** `clips/street.mp4  0:01.0–0:05.0  objects  car (a kind of vehicle)`; what else was found there follows below. */
function linesOf({ path: clip, startSeconds, endSeconds, matches, missing }: SearchMoment): string {
  const name = path.relative('.', clip);
  const shown = name === '' || name.startsWith('..') ? clip : name;
  const time = endSeconds > startSeconds ? `${formatClipTime(startSeconds)}–${formatClipTime(endSeconds)}` : '';
  const lines = matches.map((match, i) => (i === 0 ? `${shown}  ${time.padEnd(15)}  ${textOf(match)}` : `    ${textOf(match)}`));
  const without = missing.length > 0 ? `  (without: ${missing.join(', ')})` : '';
  return `${lines.join('\n')}${without}\n`;
}

function textOf({ kind, text, widened, count }: SearchMatch): string {
  const why = widened.flatMap(({ found, asked, how }) => (how === 'kind' ? [`${found}: a kind of ${asked}`] : how === 'synonym' ? [`${found}: ${asked}`] : []));
  const counted = count !== undefined && count > 1 ? ` × ${count}` : '';
  return `${kind.padEnd(11)}  ${text.replaceAll('\n', ' / ')}${counted}${why.length > 0 ? ` (${why.join('; ')})` : ''}`;
}

function addKind(kind: string, before: SearchKind[] = []): SearchKind[] {
  const known = searchKinds.find((each) => each === kind);
  if (!known) {
    throw new InvalidArgumentError(`Choose one of ${searchKinds.join(', ')}.`);
  }
  return [...before, known];
}
