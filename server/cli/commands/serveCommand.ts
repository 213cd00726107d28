import { Command } from 'commander';
import { spawn } from 'node:child_process';
import { ExitCode } from '../exitCode.js';
import { reportError } from '../reportError.js';
import type { Environment } from '../session.js';

interface Options {
  stdio?: boolean;
  pipe?: string;
  listen?: string;
}

const examples = `
The protocol is JSON-RPC 2.0 with the framing of the Language Server Protocol; server/protocol/README.md
is its specification.

Examples:
  videochat serve --stdio                          for an editor that starts it
  videochat serve --pipe /tmp/editor.sock          for an editor that starts it and listens there
  videochat serve --listen /tmp/videochat.sock     for any number of clients that connect`;

/** `videochat serve --stdio|--pipe NAME|--listen NAME`: the server itself, with this process's stdin and stdout. */
export function serveCommand(environment: Environment, done: (code: number) => void): Command {
  const command = new Command('serve')
    .description('run the server for another program')
    .option('--stdio', 'speak the protocol on stdin and stdout')
    .option('--pipe <name>', 'connect to a named pipe or Unix socket that the client listens on')
    .option('--listen <name>', 'listen on a named pipe or Unix socket')
    .addHelpText('after', examples);
  return command.action(async (options: Options) => {
    const transports = [
      ...(options.stdio ? [['--stdio']] : []),
      ...(options.pipe === undefined ? [] : [['--pipe', options.pipe]]),
      ...(options.listen === undefined ? [] : [['--listen', options.listen]]),
    ];
    const [transport] = transports;
    if (!transport || transports.length > 1) {
      return command.error('error: give one of --stdio, --pipe NAME and --listen NAME');
    }
    try {
      done(await runServer(environment.serverPath, transport));
    } catch (error) {
      done(reportError(environment.terminal, error));
    }
  });
}

function runServer(serverPath: string, transport: string[]): Promise<number> {
  const child = spawn(process.execPath, [serverPath, ...transport], { stdio: 'inherit', windowsHide: true });
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const handlers = signals.map((signal) => [signal, () => void child.kill(signal)] as const);
  handlers.forEach(([signal, handler]) => process.on(signal, handler));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      handlers.forEach(([name, handler]) => process.off(name, handler));
      resolve(code ?? (signal === 'SIGINT' ? ExitCode.interrupted : ExitCode.error));
    });
  });
}
