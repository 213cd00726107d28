import { Command } from 'commander';
import path from 'node:path';
import { formatBytes } from '../../common/formatBytes.js';
import { LlamaServerFindRequest } from '../../protocol/index.js';
import { ExitCode } from '../exitCode.js';
import { printable } from '../printable.js';
import { addServerOptions, type ServerOptions } from '../serverOptions.js';
import { type Environment, runWithServer } from '../session.js';
import { note, writeJson } from '../terminal.js';

interface Options extends ServerOptions {
  json?: boolean;
}

/** `videochat llama-server` */
export function llamaServerCommand(environment: Environment, done: (code: ExitCode) => void): Command {
  const command = new Command('llama-server')
    .description('tell which llama-server is on this machine, and which GGUF files it could run; other commands start it with --llama-server FILE')
    .option('--json', 'print the result as one line of JSON');
  return addServerOptions(command).action(async (_: Options, self: Command) => {
    const { json = false, llamaServerPath, ...options }: Options = self.optsWithGlobals();
    done(
      await runWithServer(environment, options, async ({ client, terminal }, signal) => {
        const { program, files } = await client.request(LlamaServerFindRequest, llamaServerPath === undefined ? {} : { program: path.resolve(llamaServerPath) }, { signal });
        if (json) {
          writeJson(terminal, { program, files });
        } else {
          const lines = files.map(({ path: file, bytes, projector }) => `${formatBytes(bytes).padStart(9)}  ${file}${projector === undefined ? '' : `\n${' '.repeat(11)}sees with ${projector}`}`);
          terminal.out.write(printable([...(program ? [`${program.path}  ${program.version ?? ''}`.trimEnd()] : []), ...lines].map((line) => `${line}\n`).join('')));
        }
        if (!program) {
          note(terminal, 'There is no llama-server on this machine: install llama.cpp, or name it with --llama-server-path.', 'yellow');
        }
        return program ? ExitCode.ok : ExitCode.error;
      }),
    );
  });
}
