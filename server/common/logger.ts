import type { LogLevel } from '../protocol/index.js';

/** Where the engine's parts write what they do. Never stdout: that may be the protocol stream. */
export interface Logger {
  log(level: LogLevel, message: string): void;
}

/** For tests and tools that want silence. */
export const silentLogger: Logger = { log: () => undefined };
