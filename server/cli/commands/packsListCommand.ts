import { Command } from 'commander';
import { type GpuPack, PackListRequest, type PackListResult } from '../../protocol/index.js';
import { ExitCode } from '../exitCode.js';
import { formatBytes } from '../formatValues.js';
import { printable } from '../printable.js';
import { addServerOptions, type ServerOptions } from '../serverOptions.js';
import { type Environment, runWithServer } from '../session.js';
import { note, writeJson } from '../terminal.js';

interface Options extends ServerOptions {
  json?: boolean;
}

const examples = `
A line is a pack: its id, whether it is here, its size, whether it works, its name. Nothing is fetched.

Examples:
  videochat packs list
  videochat packs list --json | jq '.packs[] | select(.verdict.works)'`;

/** `videochat packs list` */
export function packsListCommand(environment: Environment, done: (code: ExitCode) => void): Command {
  const command = new Command('list').description('the GPU packs for this machine, and how far each is here').option('--json', 'print everything as one line of JSON');
  return addServerOptions(command)
    .addHelpText('after', examples)
    .action(async (options: Options) => {
      done(
        await runWithServer(environment, options, async ({ client, terminal }, signal) => {
          const result = await client.request(PackListRequest, {}, { signal });
          if (options.json) {
            writeJson(terminal, result);
            return ExitCode.ok;
          }
          terminal.out.write(printable(result.packs.map((pack) => `${packLine(pack)}\n`).join('')));
          note(terminal, result.packs.length === 0 ? 'There is no GPU pack for this machine.' : machineLine(result), 'dim');
          return ExitCode.ok;
        }),
      );
    });
}

function packLine({ id, state, fetching, bytes, bytesHere, verdict, problem, name }: GpuPack): string {
  const size = state === 'absent' ? bytes : bytesHere;
  const works = problem ?? (verdict === undefined ? (state === 'installed' ? 'not tested' : '') : verdict.works ? 'works' : verdict.message);
  return [id.padEnd(14), (fetching ? 'coming' : state).padEnd(9), (size === undefined ? '?' : formatBytes(size)).padStart(9), name, works].join('  ').trimEnd();
}

function machineLine({ card, enabled }: PackListResult): string {
  const seen = card === undefined ? 'no NVIDIA card was seen' : [card.name, ...(card.memoryBytes === undefined ? [] : [formatBytes(card.memoryBytes)]), ...(card.driver === undefined ? [] : [`driver ${card.driver}`])].join(', ');
  return enabled ? seen : `${seen}; packs are switched off`;
}
