import { Command } from 'commander';
import { PackRemoveRequest } from '../../protocol/index.js';
import { ExitCode } from '../exitCode.js';
import { formatBytes } from '../formatValues.js';
import { addServerOptions, type ServerOptions } from '../serverOptions.js';
import { type Environment, runWithServer } from '../session.js';
import { note } from '../terminal.js';

/** `videochat packs remove ID` */
export function packsRemoveCommand(environment: Environment, done: (code: ExitCode) => void): Command {
  const command = new Command('remove')
    .description('take a GPU pack off the disk, or what has come of a download')
    .argument('<id>', 'as videochat packs list prints it');
  return addServerOptions(command).action(async (packId: string, options: ServerOptions) => {
    done(
      await runWithServer(environment, options, async ({ client, terminal }, signal) => {
        const { freedBytes } = await client.request(PackRemoveRequest, { packId }, { signal });
        note(terminal, `${packId} is gone: ${formatBytes(freedBytes)} are free again.`);
        return ExitCode.ok;
      }),
    );
  });
}
