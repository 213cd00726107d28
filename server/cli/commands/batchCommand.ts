import { Command } from 'commander';
import { realpath } from 'node:fs/promises';
import { BatchOutput } from '../batch/batchOutput.js';
import { BatchProgress } from '../batch/batchProgress.js';
import type { VideoChatClient } from '../../client/videoChatClient.js';
import { Limits } from '../../protocol/index.js';
import { type BatchItem, readBatchInput } from '../batch/readBatchInput.js';
import { runBatch } from '../batch/runBatch.js';
import { addChatOptions, type ChatCommandOptions, chatOptionsProblem } from '../chatOptions.js';
import { ExitCode } from '../exitCode.js';
import { Interrupts } from '../interrupts.js';
import { wholeNumber } from '../optionParsers.js';
import { reportError } from '../reportError.js';
import { selectModel, warnAboutModel } from '../selectModel.js';
import { addServerOptions, type ServerOptions } from '../serverOptions.js';
import { type Environment, startServer } from '../session.js';
import { note } from '../terminal.js';

interface Options extends ChatCommandOptions, ServerOptions {
  concurrency?: number;
}

const examples = `
Each line of IN is {"id","video","question"} or {"id","video","turns":["…","…"]}; relative videos lie beside IN.
Each line of OUT is {"id","answer","timings",…}, {"id","answers",…} or {"id","error":{"code","name","message"}},
in the order of IN. Run it again after an interruption: finished lines are kept, the rest is done.
The exit code is 1 if any line is an error.

Examples:
  videochat batch questions.jsonl answers.jsonl
  videochat batch questions.jsonl answers.jsonl --model videochat-7b --frames 16`;

/** `videochat batch IN.jsonl OUT.jsonl` */
export function batchCommand(environment: Environment, done: (code: ExitCode) => void): Command {
  const command = new Command('batch')
    .description('answer a file of questions')
    .argument('<in>', 'questions, one JSON object a line')
    .argument('<out>', 'answers, one JSON object a line; finished lines are kept')
    .option('--concurrency <n>', 'lines at the same time; 1, or as many as a remote model takes', wholeNumber(1, Limits.backendConcurrency));
  addServerOptions(addChatOptions(command)).addHelpText('after', examples);
  return command.action(async (input: string, out: string, options: Options) => {
    const problem = chatOptionsProblem(options) ?? ((await isSameFile(input, out)) ? 'IN and OUT are the same file' : undefined);
    if (problem) {
      command.error(`error: ${problem}`);
    }
    const interrupts = new Interrupts();
    try {
      const leave = (): void => environment.exit(ExitCode.interrupted);
      done(await interrupts.during((signal) => answerFile(environment, input, out, options, signal), leave));
    } catch (error) {
      done(reportError(environment.terminal, error));
    } finally {
      interrupts.dispose();
    }
  });
}

async function answerFile(
  environment: Environment,
  input: string,
  out: string,
  options: Options,
  signal: AbortSignal,
): Promise<ExitCode> {
  const { terminal } = environment;
  const items = await readBatchInput(input);
  const output = await BatchOutput.open(out, items.map(({ id }) => id));
  const connect = () => startServer(environment, options);
  let first: VideoChatClient | undefined;
  try {
    let modelId = '';
    let concurrency = options.concurrency ?? 1;
    if (output.kept < items.length) {
      first = await connect();
      const model = await selectModel(first, options.model);
      warnAboutModel(terminal, model);
      modelId = model.id;
      concurrency = options.concurrency ?? model.remote?.concurrency ?? 1;
    }
    const progress = new BatchProgress(terminal, items.length, output.kept);
    const onLine = (done: number, failed: number): void => progress.update(done, failed);
    const run = { items, output, modelId, options, concurrency, first, connect, onLine, signal };
    return summarise(environment, items, await runBatch(run).finally(() => progress.dispose()));
  } finally {
    await first?.dispose();
    await output.close();
  }
}

function summarise(
  { terminal }: Environment,
  items: readonly BatchItem[],
  result: { done: number; failed: number; interrupted: boolean },
): ExitCode {
  if (result.interrupted) {
    note(terminal, `Interrupted: ${result.done} of ${items.length} lines done. The same command goes on from there.`);
    return ExitCode.interrupted;
  }
  note(terminal, `${result.done - result.failed} answered, ${result.failed} failed.`);
  return result.failed > 0 ? ExitCode.error : ExitCode.ok;
}

async function isSameFile(first: string, second: string): Promise<boolean> {
  try {
    return (await realpath(first)) === (await realpath(second));
  } catch {
    return false;
  }
}
