import { Command } from 'commander';
import { PackProbeRequest, type PackVerdict } from '../../protocol/index.js';
import { ExitCode } from '../exitCode.js';
import { addServerOptions, type ServerOptions } from '../serverOptions.js';
import { type Environment, runWithServer } from '../session.js';
import { note, type Terminal, writeJson } from '../terminal.js';

interface Options extends ServerOptions {
  json?: boolean;
}

/** `videochat packs probe ID` */
export function packsProbeCommand(environment: Environment, done: (code: ExitCode) => void): Command {
  const command = new Command('probe')
    .description('test a GPU pack again, in a process of its own; the exit code is 1 where it does not work')
    .argument('<id>', 'of a pack that is here')
    .option('--json', 'print the verdict as one line of JSON');
  return addServerOptions(command).action(async (packId: string, options: Options) => {
    done(
      await runWithServer(environment, options, async ({ client, terminal }, signal) => {
        const verdict = await client.request(PackProbeRequest, { packId }, { signal });
        if (options.json) {
          writeJson(terminal, verdict);
        } else {
          terminal.out.write(`${verdict.works ? 'works' : (verdict.reason ?? 'failed')}\n`);
          tellVerdict(terminal, verdict);
        }
        return verdict.works ? ExitCode.ok : ExitCode.error;
      }),
    );
  });
}

/** Tells a person what a test has shown. */
export function tellVerdict(terminal: Terminal, { works, message, hint }: PackVerdict): void {
  note(terminal, message, works ? undefined : 'yellow');
  if (hint !== undefined) {
    note(terminal, hint);
  }
}
