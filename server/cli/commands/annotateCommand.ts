import { Command, InvalidArgumentError, Option } from 'commander';
import path from 'node:path';
import { type AnnotateBatchParams, type AnnotateBatchProgress, AnnotateBatchRequest, type AnnotateBatchResult, asksModel, Limits, type SuggestTask, suggestTasks } from '../../protocol/index.js';
import { ExitCode } from '../exitCode.js';
import { decimal, wholeNumber } from '../optionParsers.js';
import { outliveServers } from '../outliveServers.js';
import { printable } from '../printable.js';
import { isCancelled } from '../reportError.js';
import { selectModel, warnAboutModel } from '../selectModel.js';
import { addServerOptions, type ServerOptions } from '../serverOptions.js';
import { type Environment, runWithServer, type Session } from '../session.js';
import { StatusLine } from '../statusLine.js';
import { note, writeJson } from '../terminal.js';

interface Options extends ServerOptions {
  task: SuggestTask;
  model?: string;
  split?: string;
  resume?: boolean;
  concurrency?: number;
  temperature?: number;
  seed?: number;
  json?: boolean;
}

const taskNames = suggestTasks.map((task) => task.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`));

/** A server that dies this often without finishing a clip between is not started again. */
const crashLimit = 5;

const examples = `
Each clip's suggestions go into its annotation document, marked as suggested; what people have written is not touched.
A journal in DIR/.videochat has what is done: after an interruption, the same command with --resume goes on from there.
The exit code is 1 if any clip failed.

Examples:
  videochat annotate clips --task dense-caption
  videochat annotate dataset --task labels --split train --resume
  videochat annotate dataset --task questions --json | jq -r 'select(.problem) | .video'`;

/** `videochat annotate DIR --task TASK` */
export function annotateCommand(environment: Environment, done: (code: ExitCode) => void): Command {
  const command = new Command('annotate')
    .description('let a model suggest annotations for all clips of a dataset or folder')
    .argument('<dir>', 'dataset, or any folder of videos')
    .addOption(new Option('-t, --task <task>', `what to suggest: ${taskNames.join(', ')}`).argParser(taskOf).makeOptionMandatory())
    .option('-m, --model <id>', 'model to ask (videochat models lists them)')
    .option('--split <name>', 'only clips of this split')
    .option('--resume', 'go on with an earlier run of the same task and model')
    .option('--concurrency <n>', 'clips at the same time; 2, or as many as a remote model takes', wholeNumber(1, Limits.backendConcurrency))
    .option('--temperature <t>', '0 always takes the likeliest token', decimal(0, 10))
    .option('--seed <n>', 'same seed, same answers', wholeNumber(0, 4_294_967_295))
    .option('--json', 'print a line of JSON for each clip, and one with the result');
  addServerOptions(command).addHelpText('after', examples);
  return command.action(async (folder: string, options: Options) => {
    done(await runWithServer(environment, options, (session, signal) => annotate(session, path.resolve(folder), options, signal)));
  });
}

async function annotate(session: Session, folder: string, options: Options, signal: AbortSignal): Promise<ExitCode> {
  const { client, terminal, verbose } = session;
  const { task, split, resume, concurrency } = options;
  const model = asksModel(task) ? await selectModel(client, options.model) : undefined;
  if (model) {
    warnAboutModel(terminal, model);
  }
  const sampling = { ...(options.temperature === undefined ? {} : { temperature: options.temperature }), ...(options.seed === undefined ? {} : { seed: options.seed }) };
  const params: AnnotateBatchParams = {
    path: folder,
    task,
    ...(model ? { modelId: model.id } : {}),
    ...(split === undefined ? {} : { split }),
    ...(resume ? { resume } : {}),
    ...(concurrency === undefined ? {} : { concurrency }),
    ...(Object.keys(sampling).length > 0 ? { sampling } : {}),
  };
  const status = new StatusLine(terminal, verbose);
  let progress = 'no clip';
  let crashes = 0;
  const onProgress = (value: AnnotateBatchProgress): void => {
    const video = path.relative(folder, value.videoPath);
    progress = `${value.done} of ${value.total} clips`;
    if (value.kind === 'step') {
      status.show('Annotating', ` ${value.done}/${value.total} ${video} (${value.what})`);
      return;
    }
    status.clear();
    crashes = 0;
    const { items, problem } = value;
    if (options.json) {
      writeJson(terminal, { video, items, ...(problem === undefined ? {} : { problem }) });
    } else if (problem !== undefined) {
      note(terminal, `${video}: ${problem}`, 'red');
    }
    status.show('Annotating', ` ${value.done}/${value.total}`);
  };
  try {
    const onCrash = (): AnnotateBatchParams | undefined => {
      status.clear();
      note(terminal, 'The server has ended; another one goes on.', 'yellow');
      return ++crashes < crashLimit ? { ...params, resume: true } : undefined;
    };
    const result = await outliveServers(session, options, signal, params, (server, request) => server.request(AnnotateBatchRequest, request, { signal, onProgress }), onCrash);
    status.clear();
    print(session, result, options.json);
    return result.done + result.skipped < result.clips ? ExitCode.error : ExitCode.ok;
  } catch (error) {
    status.clear();
    if (isCancelled(error)) {
      note(terminal, `Interrupted: ${progress} done. The same command with --resume goes on from there.`);
      return ExitCode.interrupted;
    }
    throw error;
  } finally {
    status.clear();
  }
}

function taskOf(text: string): SuggestTask {
  const task = suggestTasks[taskNames.indexOf(text)] ?? suggestTasks.find((each) => each === text);
  if (!task) {
    throw new InvalidArgumentError(`Choose one of ${taskNames.join(', ')}.`);
  }
  return task;
}

function print({ terminal }: Session, result: AnnotateBatchResult, json = false): void {
  if (json) {
    writeJson(terminal, result);
    return;
  }
  const { clips, done, skipped, journal } = result;
  const failed = clips - done - skipped;
  const parts = [`${done} clips annotated`, ...(skipped > 0 ? [`${skipped} were done before`] : []), ...(failed > 0 ? [`${failed} failed`] : [])];
  terminal.out.write(`${printable(parts.join(', '))}\n`);
  if (failed > 0) {
    note(terminal, printable(`The same command with --resume tries them again. Journal: ${journal}`), 'dim');
  }
}
