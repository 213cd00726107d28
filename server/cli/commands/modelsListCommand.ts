import { Command } from 'commander';
import { type CatalogueEntry, CatalogueRequest, type CatalogueResult, type OwnModel } from '../../protocol/index.js';
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
A line is a model: its id, whether it is here, its size, whether it fits this machine, its name. Nothing is fetched.

Examples:
  videochat models list
  videochat models list --json | jq '.entries[] | select(.state == "installed")'`;

/** `videochat models list` */
export function modelsListCommand(environment: Environment, done: (code: ExitCode) => void): Command {
  const command = new Command('list').description('models that can be had, and how far each is here').option('--json', 'print everything as one line of JSON');
  addServerOptions(command).addHelpText('after', examples);
  return command.action(async (_: Options, self: Command) => {
    const options: Options = self.optsWithGlobals();
    done(
      await runWithServer(environment, options, async ({ client, terminal }, signal) => {
        const result = await client.request(CatalogueRequest, {}, { signal });
        if (options.json) {
          writeJson(terminal, result);
        } else {
          terminal.out.write(printable(`${[...result.entries.map(entryLine), ...result.others.map(ownLine)].join('\n')}\n`));
          tellMachine(result, (text) => note(terminal, text, 'dim'));
        }
        return ExitCode.ok;
      }),
    );
  });
}

function entryLine({ id, state, fetching, runs, variants, suggested, name, bytesHere, recommended }: CatalogueEntry): string {
  const variant = variants.find((each) => each.id === suggested);
  const here = fetching ? 'coming' : state === 'absent' && runs !== 'direct' ? runs : state;
  const size = state === 'absent' ? variant?.bytes : bytesHere;
  return [id.padEnd(22), here.padEnd(9), (size === undefined ? '?' : formatBytes(size)).padStart(9), (variant?.fit ?? '').padEnd(8), `${name}${recommended ? '  (for this machine)' : ''}`].join('  ').trimEnd();
}

function ownLine({ modelId, origin, bytes, name, problem }: OwnModel): string {
  return [modelId.padEnd(22), (problem === undefined ? origin : 'broken').padEnd(9), formatBytes(bytes).padStart(9), ''.padEnd(8), name].join('  ');
}

function tellMachine({ machine }: CatalogueResult, tell: (text: string) => void): void {
  const { memoryBytes, gpu, freeDiskBytes, folder } = machine;
  const facts = [`${formatBytes(memoryBytes)} of memory`, ...(gpu ? [`${gpu.name} with ${formatBytes(gpu.memoryBytes)}`] : []), ...(freeDiskBytes === undefined ? [] : [`${formatBytes(freeDiskBytes)} free in ${folder}`])];
  tell(facts.join(', '));
}
