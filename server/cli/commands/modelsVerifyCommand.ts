import { Command } from 'commander';
import { ModelVerifyRequest } from '../../protocol/index.js';
import { ExitCode } from '../exitCode.js';
import { printable } from '../printable.js';
import { addServerOptions, type ServerOptions } from '../serverOptions.js';
import { type Environment, runWithServer } from '../session.js';
import { StatusLine } from '../statusLine.js';
import { note, writeJson } from '../terminal.js';

interface Options extends ServerOptions {
  json?: boolean;
}

/** `videochat models verify ID` */
export function modelsVerifyCommand(environment: Environment, done: (code: ExitCode) => void): Command {
  const command = new Command('verify')
    .description('read every byte of a model\'s files again; the exit code is 1 if one is not as it was')
    .argument('<id>', 'of a model that is here')
    .option('--json', 'print the result as one line of JSON');
  return addServerOptions(command).action(async (id: string, _: Options, self: Command) => {
    const options: Options = self.optsWithGlobals();
    done(
      await runWithServer(environment, options, async ({ client, terminal, verbose }, signal) => {
        const status = new StatusLine(terminal, verbose);
        const onProgress = ({ done: read, total }: { done: number; total: number }): void => status.show('Comparing', ` ${Math.floor((100 * read) / Math.max(1, total))} %`);
        try {
          const result = await client.request(ModelVerifyRequest, { id }, { signal, onProgress });
          status.clear();
          if (options.json) {
            writeJson(terminal, result);
          } else {
            terminal.out.write(printable(result.files.map(({ path, state }) => `${state.padEnd(7)}  ${path}\n`).join('')));
          }
          if (!result.ok) {
            note(terminal, `videochat models pull ${id} fetches it again.`, 'yellow');
          }
          return result.ok ? ExitCode.ok : ExitCode.error;
        } finally {
          status.clear();
        }
      }),
    );
  });
}
