import { VideoChatClient } from '../client/videoChatClient.js';
import type { LogLevel } from '../protocol/index.js';
import { declareEndpoint } from './endpointOptions.js';
import { ExitCode } from './exitCode.js';
import { Interrupts } from './interrupts.js';
import { reportError } from './reportError.js';
import { type ServerOptions, toServerSettings } from './serverOptions.js';
import { note, type Terminal } from './terminal.js';

/** What the program hands to its commands. */
export interface Environment {
  terminal: Terminal;
  /** Entry of the server to start. */
  serverPath: string;
  version: string;
  /** Leaves at once; what a second Ctrl-C does. */
  exit(code: number): void;
}

/** A command while it runs: its terminal, its server, its Ctrl-C. */
export interface Session {
  environment: Environment;
  terminal: Terminal;
  interrupts: Interrupts;
  client: VideoChatClient;
  verbose: boolean;
}

const shownLevels: readonly LogLevel[] = ['error', 'warn', 'info'];

/** Starts a server for a command. */
export async function startServer(environment: Environment, options: ServerOptions): Promise<VideoChatClient> {
  const { terminal, serverPath, version } = environment;
  const show = (line: string): void => note(terminal, `server: ${line}`, 'dim');
  const client = await VideoChatClient.spawn({
    serverPath,
    initialize: { client: { name: 'videochat-cli', version }, settings: toServerSettings(options) },
    onLog: (level, message) => {
      if (options.verbose && shownLevels.includes(level)) {
        show(message);
      }
    },
    onOutput: options.verbose ? show : undefined,
  });
  try {
    await declareEndpoint(client, options);
    return client;
  } catch (error) {
    await client.dispose();
    throw error;
  }
}

/**
 * Runs a command's body with a server of its own, and ends the server whatever happens. Ctrl-C aborts the
 * signal, a second one leaves at once.
 *
 * @returns what the program ends with
 */
export async function runWithServer(
  environment: Environment,
  options: ServerOptions,
  body: (session: Session, signal: AbortSignal) => Promise<ExitCode>,
): Promise<ExitCode> {
  const { terminal } = environment;
  const interrupts = new Interrupts();
  const leave = (): void => environment.exit(ExitCode.interrupted);
  try {
    return await interrupts.during(async (signal) => {
      const client = await startServer(environment, options);
      try {
        return await body({ environment, terminal, interrupts, client, verbose: options.verbose ?? false }, signal);
      } finally {
        await client.dispose();
      }
    }, leave);
  } catch (error) {
    return reportError(terminal, error);
  } finally {
    interrupts.dispose();
  }
}
