import { Command } from 'commander';
import { spawn } from 'node:child_process';
import { ExitCode } from '../exitCode.js';
import { reportError } from '../reportError.js';
import type { Environment } from '../session.js';

interface Options {
  stdio?: boolean;
  pipe?: string;
}

const examples = `
The protocol is JSON-RPC 2.0 with the framing of the Language Server Protocol; server/protocol/README.md
is its specification.

Examples:
  videochat serve --stdio                          for an editor that starts it
  videochat serve --pipe /tmp/videochat.sock       for a client that connects`;

/** `videochat serve --stdio|--pipe NAME`: the server itself, with this process's stdin and stdout. */
export function serveCommand(environment: Environment, done: (code: number) => void): Command {
  const command = new Command('serve')
    .description('run the server for another program')
    .option('--stdio', 'speak the protocol on stdin and stdout')
    .option('--pipe <name>', 'speak it on a named pipe or Unix socket')
    .addHelpText('after', examples);
  return command.action(async (options: Options) => {
    if (Boolean(options.stdio) === (options.pipe !== undefined)) {
      command.error('error: give --stdio or --pipe NAME');
    }
    const transport = options.pipe === undefined ? ['--stdio'] : ['--pipe', options.pipe];
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
