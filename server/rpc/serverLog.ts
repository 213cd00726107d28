import type { Logger } from '../common/logger.js';
import type { LogLevel } from '../protocol/index.js';

const levels: readonly LogLevel[] = ['error', 'warn', 'info', 'debug', 'trace'];

/** Takes the lines of the server's log; stderr takes them while nobody else does. */
export type LogSink = (level: LogLevel, message: string) => void;

/** The log of the server: `$/log` for clients that are there, stderr otherwise. Never stdout. */
export class ServerLog implements Logger {
  private readonly sinks = new Set<LogSink>();
  private readonly threshold: number;

  /** @param level least important level to pass on; env `VIDEOCHAT_LOG` */
  constructor(
    level: string | undefined = process.env['VIDEOCHAT_LOG'],
    private readonly fallback: LogSink = writeToStderr,
  ) {
    const index = levels.indexOf(level as LogLevel);
    this.threshold = index >= 0 ? index : levels.indexOf('info');
  }

  log(level: LogLevel, message: string): void {
    if (levels.indexOf(level) > this.threshold) {
      return;
    }
    if (this.sinks.size === 0) {
      this.fallback(level, message);
    }
    for (const sink of this.sinks) {
      sink(level, message);
    }
  }

  /** Sends the log to a client until the result is called. */
  attach(sink: LogSink): () => void {
    this.sinks.add(sink);
    return () => void this.sinks.delete(sink);
  }
}

function writeToStderr(level: LogLevel, message: string): void {
  process.stderr.write(`[${level}] ${message}\n`);
}
