import { Command } from 'commander';
import { ModelRemoveRequest } from '../../protocol/index.js';
import { ExitCode } from '../exitCode.js';
import { formatBytes } from '../formatValues.js';
import { addServerOptions, type ServerOptions } from '../serverOptions.js';
import { type Environment, runWithServer } from '../session.js';
import { note } from '../terminal.js';

/** `videochat models remove ID` */
export function modelsRemoveCommand(environment: Environment, done: (code: ExitCode) => void): Command {
  const command = new Command('remove')
    .description('take a model off the disk that was fetched or imported, or what has come of a download')
    .argument('<id>', 'as videochat models list prints it');
  return addServerOptions(command).action(async (id: string, _: ServerOptions, self: Command) => {
    const options: ServerOptions = self.optsWithGlobals();
    done(
      await runWithServer(environment, options, async ({ client, terminal }, signal) => {
        const { freedBytes } = await client.request(ModelRemoveRequest, { id }, { signal });
        note(terminal, `${id} is gone: ${formatBytes(freedBytes)} are free again.`);
        return ExitCode.ok;
      }),
    );
  });
}
