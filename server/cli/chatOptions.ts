import { type Command, Option } from 'commander';
import { type AnswersFrom, answersFromChoices, type ChatOptions, ErrorCode, Limits, phrase, type SamplingOptions, VideoChatError, type VideoFacts } from '../protocol/index.js';
import { clipTime, decimal, wholeNumber } from './optionParsers.js';

/** Options of the commands that ask a model. */
export interface ChatCommandOptions {
  model?: string;
  frames?: number;
  plan?: string;
  answersFrom?: AnswersFrom;
  start?: number;
  end?: number;
  temperature?: number;
  topP?: number;
  topK?: number;
  minP?: number;
  seed?: number;
  maxTokens?: number;
}

const samplingNames = ['temperature', 'topP', 'topK', 'minP', 'seed', 'maxTokens'] as const;

export function addChatOptions(command: Command): Command {
  return command
    .option('-m, --model <id>', 'model to ask (videochat models lists them)')
    .option('-n, --frames <n>', 'look at n frames, spread over the clip', wholeNumber(1, Limits.framesPerPlan))
    .option('--plan <plan>', 'frame plan: videochat:8, middle:8, fps:1 …')
    .addOption(new Option('--answers-from <half>', 'what answers are made from: the model\'s own look at frames, or what perception models noticed').choices(answersFromChoices))
    .option('--start <time>', 'look only at what follows (seconds or m:ss)', clipTime)
    .option('--end <time>', 'look only at what comes before', clipTime)
    .option('-t, --temperature <t>', '0 always takes the likeliest token', decimal(0, 10))
    .option('--top-p <p>', 'sample among the likeliest tokens that add up to p', decimal(0, 1))
    .option('--top-k <k>', 'sample among the k likeliest tokens', wholeNumber(0, 1_000_000))
    .option('--min-p <p>', 'drop tokens less likely than p times the likeliest', decimal(0, 1))
    .option('--seed <n>', 'same seed, same answer', wholeNumber(0, 4_294_967_295))
    .option('--max-tokens <n>', 'longest answer', wholeNumber(1, Limits.maxTokens));
}

/** Options that contradict each other; `undefined` if none do. */
export function chatOptionsProblem(options: ChatCommandOptions): string | undefined {
  if (options.frames !== undefined && options.plan !== undefined) {
    return 'give --frames or --plan, not both';
  }
  if (options.start !== undefined && options.end !== undefined && options.end <= options.start) {
    return '--end must be later than --start';
  }
  return undefined;
}

/** The options as those of a conversation about one clip. */
export function toChatOptions(options: ChatCommandOptions, facts: VideoFacts): ChatOptions {
  const plan = options.plan ?? (options.frames === undefined ? undefined : `videochat:${options.frames}`);
  const sampling = Object.fromEntries(
    samplingNames.filter((name) => options[name] !== undefined).map((name) => [name, options[name]]),
  ) as SamplingOptions;
  const { answersFrom } = options;
  return { ...(plan ? { plan } : {}), ...(answersFrom ? { answersFrom } : {}), ...toSpan(options, facts), ...(Object.keys(sampling).length > 0 ? { sampling } : {}) };
}

/** `--start` and `--end` as a span; either may be left out. */
export function toSpan(options: { start?: number; end?: number }, facts: VideoFacts): Pick<ChatOptions, 'span'> {
  if (options.start === undefined && options.end === undefined) {
    return {};
  }
  const startSeconds = options.start ?? 0;
  const endSeconds = options.end ?? facts.durationSeconds;
  if (startSeconds >= endSeconds) {
    throw new VideoChatError(ErrorCode.FramePlanInvalid, phrase`The clip ends at ${facts.durationSeconds} s, before --start.`, {
      hint: 'Choose a start inside the clip.',
    });
  }
  return { span: { startSeconds, endSeconds } };
}
