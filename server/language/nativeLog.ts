import koffi from 'koffi';
import type { Logger } from '../common/logger.js';
import type { LogLevel } from '../protocol/index.js';
import type { Pointer } from './structs.js';

// ggml_log_level: none, debug, info, warn, error, continuation of the line before.
const levels: readonly (LogLevel | undefined)[] = [undefined, 'trace', 'debug', 'warn', 'error', undefined];

/** Joins ggml's log fragments to lines: a fragment may hold a part of a line or several. */
export class LogLines {
  private pending = '';
  private level: LogLevel = 'debug';

  constructor(private readonly write: (level: LogLevel, line: string) => void) {}

  push(nativeLevel: number, fragment: string): void {
    const level = levels[nativeLevel];
    if (level) {
      this.flush();
      this.level = level;
    }
    this.pending += fragment;
    for (let end = this.pending.indexOf('\n'); end >= 0; end = this.pending.indexOf('\n')) {
      this.emit(this.pending.slice(0, end));
      this.pending = this.pending.slice(end + 1);
    }
  }

  flush(): void {
    this.emit(this.pending);
    this.pending = '';
  }

  private emit(line: string): void {
    // Progress dots and blank lines are for a terminal.
    if (line.trim().replaceAll('.', '') !== '') {
      this.write(this.level, line.trimEnd());
    }
  }
}

/** The newest error lines, to tell a person why a load failed. */
export class RecentErrors {
  private lines: string[] = [];

  add(line: string): void {
    this.lines = [...this.lines.slice(-7), line];
  }

  clear(): void {
    this.lines = [];
  }

  /** The first line is the cause, later ones are its echoes up the call stack. */
  text(): string {
    return (this.lines[0] ?? '').replace(/^\w+: /, '').slice(0, 300);
  }
}

/**
 * Sends libllama's log to `logger`. ggml logs from threads of its own: koffi queues such a call to the
 * event loop and the native thread waits for it, so everything that may log or take long must be called
 * with `.async`, or that thread would wait for a loop which waits for it.
 *
 * @param setCallback `llama_log_set`
 * @param silent a native function that is safe to call in the callback's place when JavaScript has gone
 */
export function installNativeLog(
  setCallback: (callback: Pointer, userData: null) => void,
  silent: Pointer,
  logger: Logger,
): RecentErrors {
  const errors = new RecentErrors();
  const type = koffi.pointer(koffi.proto('void', ['int', 'void *', 'void *']));
  const lines = new LogLines((level, line) => {
    if (level === 'error') {
      errors.add(line);
    }
    logger.log(level, `libllama: ${line}`);
  });
  const onLog = (level: number, text: bigint | null): void => {
    try {
      lines.push(level, text ? koffi.decode.string(text) : '');
    } catch {
      // A logger that throws must not unwind through native frames.
    }
  };
  setCallback(koffi.register(onLog, type), null);
  process.once('exit', () => setCallback(silent, null));
  return errors;
}
