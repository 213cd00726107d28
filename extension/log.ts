import type * as vscode from 'vscode';
import type { LogLevel } from '../server/protocol/index.js';

/** The last lines of the log, for diagnostics; the channel itself cannot be read. */
export interface LogTail {
  readonly lines: readonly string[];
}

const keptLines = 200;
const longestLine = 2000;

/**
 * Writes lines of the extension and of its server to the channel, and keeps the last of them. The channel decides by
 * its own level what it shows; lines that it would not show are not kept either.
 */
export function createLogger(channel: vscode.LogOutputChannel): LogTail & { log(level: LogLevel, message: string): void } {
  const lines: string[] = [];
  return {
    lines,
    log(level, message) {
      const known: LogLevel = Object.hasOwn(ranks, level) ? level : 'info';
      const text = String(message).slice(0, longestLine);
      channel[known](text);
      // The editor's levels count upwards from trace; 0 is off.
      const least = Number(channel.logLevel);
      if (least > 0 && ranks[known] >= least) {
        lines.push(`${new Date().toISOString()} [${known}] ${text}`);
        lines.splice(0, lines.length - keptLines);
      }
    },
  };
}

const ranks: Record<LogLevel, number> = { trace: 1, debug: 2, info: 3, warn: 4, error: 5 };
