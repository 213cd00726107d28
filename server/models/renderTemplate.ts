import vm from 'node:vm';
import * as jinja from '@huggingface/jinja';
import { ErrorCode, phrase, VideoChatError } from '../protocol/index.js';

/** The package's declarations of these lead nowhere under NodeNext resolution. */
interface JinjaParts {
  tokenize(source: string, options: { lstrip_blocks: boolean; trim_blocks: boolean }): object[];
  parse(tokens: object[]): object;
  Environment: new () => { set(name: string, value: unknown): void };
  Interpreter: new (environment: object) => { run(program: object): { value: unknown } };
}
const { tokenize, parse, Environment, Interpreter } = jinja as unknown as JinjaParts;

const timeLimitMs = 1_000;
const rangeLimit = 10_000;
const watchdog = vm.createContext({ task: undefined as unknown });

/**
 * Renders a Jinja template as Hugging Face does (`trim_blocks`, `lstrip_blocks`), except that a newline
 * at its end is kept. Values are inserted literally: they are never read as template text.
 *
 * @throws ManifestInvalid if the template does not parse, fails, or runs longer than a second
 */
export function renderTemplate(template: string, values: Record<string, unknown>, subject?: string): string {
  // Templates come with models from anywhere; the vm's watchdog is what ends one that loops for ever.
  watchdog['task'] = () => render(template, values);
  try {
    const text: unknown = vm.runInContext('task()', watchdog, { timeout: timeLimitMs });
    if (typeof text !== 'string') {
      throw new Error('it renders to nothing');
    }
    return text;
  } catch (error) {
    throw new VideoChatError(
      ErrorCode.ManifestInvalid,
      phrase`The prompt template cannot be rendered: ${(error as Error).message}.`,
      { hint: 'Correct the prompt section of manifest.json.', subject },
    );
  } finally {
    watchdog['task'] = undefined;
  }
}

function render(template: string, values: Record<string, unknown>): unknown {
  const globals: Record<string, unknown> = {
    true: true,
    false: false,
    none: null,
    True: true,
    False: false,
    None: null,
    range: boundedRange,
    raise_exception: (message: unknown) => {
      throw new Error(String(message));
    },
    bos_token: '',
    eos_token: '',
    ...values,
  };
  const environment = new Environment();
  for (const [name, value] of Object.entries(globals)) {
    environment.set(name, value);
  }
  // Jinja drops one newline at the end of a template.
  const program = parse(tokenize(`${template}\n`, { lstrip_blocks: true, trim_blocks: true }));
  return new Interpreter(environment).run(program).value;
}

function boundedRange(start: number, stop?: number, step = 1): number[] {
  const [from, to] = stop === undefined ? [0, start] : [start, stop];
  const count = Math.max(0, Math.ceil((to - from) / step));
  if (!(count <= rangeLimit)) {
    throw new Error(`range() of more than ${rangeLimit} items`);
  }
  return Array.from({ length: count }, (_, i) => from + i * step);
}
