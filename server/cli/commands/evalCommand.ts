import { Argument, Command, Option } from 'commander';
import path from 'node:path';
import { writeWhole } from '../../common/writeWhole.js';
import {
  type AnswersFrom,
  answersFromChoices,
  type EvaluationProgress,
  type EvaluationResult,
  type EvaluationRow,
  EvaluationRunRequest,
  type EvaluationRunParams,
  type EvaluationTask,
  evaluationTasks,
} from '../../protocol/index.js';
import { ExitCode } from '../exitCode.js';
import { wholeNumber } from '../optionParsers.js';
import { outliveServers } from '../outliveServers.js';
import { printable } from '../printable.js';
import { isCancelled } from '../reportError.js';
import { selectModel, warnAboutModel } from '../selectModel.js';
import { addServerOptions, type ServerOptions } from '../serverOptions.js';
import { type Environment, runWithServer, type Session } from '../session.js';
import { StatusLine } from '../statusLine.js';
import { note } from '../terminal.js';

/** A server that dies this often without an item between is not started again. */
const crashLimit = 5;

interface Options extends ServerOptions {
  videos?: string;
  predictions?: string;
  model?: string;
  judge?: string;
  answersFrom?: AnswersFrom;
  plan?: string;
  most?: number;
  scoreOnly?: boolean;
  json?: boolean;
  out?: string;
}

const examples = `
Tasks: mvbench (its JSON files), egoschema (questions.json, subset_answers.json), nextqa (CSV), openqa (JSON or JSON
Lines), grounding (Charades-STA's text or ActivityNet's captions), densecaption (ActivityNet's captions, a file for each
annotator), videochatgpt (generic, temporal and consistency questions; needs --judge).

Predictions are JSON Lines: {"id","answer"}, {"id","choice":2}, {"id","spans":[[start,end]]} or
{"id","captions":[{"sentence","timestamp"}]}; for densecaption also a file of ActivityNet results. Those that are missing or failed are made by the model and appended,
so the same command goes on after an interruption. The exit code is 1 if any item failed.

Examples:
  videochat eval mvbench mvbench/json --videos mvbench/video --model videochat2 --predictions answers.jsonl
  videochat eval grounding charades_sta_test.txt --predictions spans.jsonl --score-only
  videochat eval densecaption val_1.json val_2.json --predictions results.json --score-only --out scores.json
  videochat eval openqa questions.json --judge videochat-7b --most 100`;

/** `videochat eval TASK DATA…` */
export function evalCommand(environment: Environment, done: (code: ExitCode) => void): Command {
  const command = new Command('eval')
    .description('measure a model, or given predictions, on a dataset')
    .addArgument(new Argument('<task>', 'what is measured').choices(evaluationTasks))
    .argument('<data...>', "the dataset's files or folder")
    .option('--videos <dir>', 'folder of the clips (beside the data)')
    .option('-p, --predictions <file>', 'predictions: read, and added to (TASK.predictions.jsonl)')
    .option('-m, --model <id>', 'model to measure (videochat models lists them)')
    .option('--judge <id>', 'model that judges open answers')
    .addOption(new Option('--answers-from <what>', 'what the answers rest on').choices(answersFromChoices))
    .option('--plan <plan>', 'frame plan; for choices videochat:16, unless the model has one of another kind')
    .option('--most <n>', 'only the first so many items', wholeNumber(1, 500_000))
    .option('--score-only', 'ask no model; missing predictions count as wrong')
    .option('--json', 'print the result as JSON')
    .option('-o, --out <file>', 'write the result as JSON to this file too');
  addServerOptions(command).addHelpText('after', examples);
  return command.action(async (task: EvaluationTask, data: string[], options: Options) => {
    done(await runWithServer(environment, options, (session, signal) => run(session, task, data, options, signal)));
  });
}

async function run(session: Session, task: EvaluationTask, data: readonly string[], options: Options, signal: AbortSignal): Promise<ExitCode> {
  const { client, terminal, verbose } = session;
  const { videos, judge, answersFrom, plan, most, scoreOnly, out } = options;
  const model = scoreOnly ? undefined : await selectModel(client, options.model);
  const judging = judge === undefined ? undefined : await selectModel(client, judge);
  if (model) {
    warnAboutModel(terminal, model);
  }
  const params: EvaluationRunParams = {
    task,
    data: data.map((each) => path.resolve(each)),
    predictions: path.resolve(options.predictions ?? `${task}.predictions.jsonl`),
    ...(videos === undefined ? {} : { videos: path.resolve(videos) }),
    ...(model ? { modelId: model.id } : {}),
    ...(judging ? { judgeId: judging.id } : {}),
    ...(answersFrom === undefined ? {} : { answersFrom }),
    ...(plan === undefined ? {} : { plan }),
    ...(most === undefined ? {} : { most }),
  };
  const status = new StatusLine(terminal, verbose);
  let [progress, crashes] = ['no item', 0];
  let begun: string | undefined;
  const onProgress = ({ kind, what, id, done, total, problem }: EvaluationProgress): void => {
    progress = `${done} of ${total} items`;
    begun = kind === 'begin' && what === 'predict' ? id : undefined;
    crashes = kind === 'begin' ? crashes : 0;
    if (problem !== undefined) {
      status.clear();
      note(terminal, printable(`${id}: ${problem}`), 'red');
    }
    status.show(what === 'judge' ? 'Judging' : 'Answering', ` ${done}/${total}`);
  };
  const deadly: string[] = [];
  const onCrash = (): EvaluationRunParams | undefined => {
    status.clear();
    note(terminal, printable(`The server has ended${begun === undefined ? '' : ` at ${begun}`}; another one goes on.`), 'yellow');
    deadly.push(...(begun === undefined ? [] : [begun]));
    return ++crashes < crashLimit ? { ...params, ...(deadly.length > 0 ? { passOver: deadly } : {}) } : undefined;
  };
  try {
    const result = await outliveServers(session, options, signal, params, (server, request) => server.request(EvaluationRunRequest, request, { signal, onProgress }), onCrash);
    status.clear();
    if (out !== undefined) {
      await writeWhole(path.resolve(out), `${JSON.stringify(result, undefined, 2)}\n`);
    }
    terminal.out.write(options.json ? `${JSON.stringify(result)}\n` : printable(table(result)));
    result.notes.forEach((text) => note(terminal, printable(text), 'dim'));
    if (result.failed.length > 0) {
      note(terminal, printable(`${result.failed.length} items failed, e.g. ${result.failed[0]?.id ?? ''}: ${result.failed[0]?.problem ?? ''}`), 'yellow');
    }
    return result.failed.length > 0 ? ExitCode.error : ExitCode.ok;
  } catch (error) {
    status.clear();
    if (isCancelled(error)) {
      note(terminal, `Interrupted: ${progress} done. The same command goes on from there.`);
      return ExitCode.interrupted;
    }
    throw error;
  } finally {
    status.clear();
  }
}

/** `all   120   accuracy 0.517   right 62` */
function table({ rows, items, predicted }: EvaluationResult): string {
  const width = Math.max(...rows.map(({ name }) => name.length), 'all'.length);
  const lineOf = ({ name, items: count, scores }: EvaluationRow): string => {
    const cells = Object.entries(scores).map(([label, value]) => `${label} ${Number.isInteger(value) && value > 1 ? value : value.toFixed(4)}`);
    return `${name.padEnd(width)}  ${String(count).padStart(6)}  ${cells.join('  ')}\n`;
  };
  return `${rows.map(lineOf).join('')}${predicted < items ? `${items - predicted} of ${items} items have no prediction\n` : ''}`;
}
