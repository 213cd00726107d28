import { Command } from 'commander';
import { type CatalogueEntry, CatalogueRequest, ErrorCode, phrase, VideoChatError } from '../../protocol/index.js';
import { ExitCode } from '../exitCode.js';
import { formatBytes } from '../formatValues.js';
import { printable } from '../printable.js';
import { addServerOptions, type ServerOptions } from '../serverOptions.js';
import { type Environment, runWithServer } from '../session.js';
import { writeJson } from '../terminal.js';

interface Options extends ServerOptions {
  json?: boolean;
}

/** `videochat models info ID` */
export function modelsInfoCommand(environment: Environment, done: (code: ExitCode) => void): Command {
  const command = new Command('info')
    .description('all that the catalogue knows of a model: licence, sizes, memory, what it is good at')
    .argument('<id>', 'as videochat models list prints it')
    .option('--json', 'print it as one line of JSON');
  return addServerOptions(command).action(async (id: string, _: Options, self: Command) => {
    const options: Options = self.optsWithGlobals();
    done(
      await runWithServer(environment, options, async ({ client, terminal }, signal) => {
        const { entries } = await client.request(CatalogueRequest, {}, { signal });
        const entry = entries.find((each) => each.id === id);
        if (!entry) {
          throw new VideoChatError(ErrorCode.ModelUnknown, phrase`The catalogue has no model "${id}".`, { hint: 'videochat models list shows all.', subject: id });
        }
        if (options.json) {
          writeJson(terminal, entry);
        } else {
          terminal.out.write(printable(`${linesOf(entry).join('\n')}\n`));
        }
        return ExitCode.ok;
      }),
    );
  });
}

function linesOf(entry: CatalogueEntry): string[] {
  const { licence } = entry;
  const facts = entry.installed?.facts;
  return [
    `${entry.id}  ${entry.name}`,
    `  ${entry.description}`,
    `  Page: ${entry.page}`,
    `  Licence: ${licence.name}${licence.mustAccept ? ' (must be accepted)' : ''}${licence.gated ? ' (and on the hub, with a token)' : ''}`,
    ...(licence.note === undefined ? [] : [`    ${licence.note}`]),
    ...(entry.abilities.length > 0 ? [`  Can do: ${entry.abilities.join(', ')}`] : []),
    ...entry.goodAt.map(({ what, value, source }) => `  ${what}: ${value} (${source})`),
    ...entry.variants.flatMap((variant) => [
      `  ${variant.id}${variant.id === entry.suggested ? ' (for this machine)' : ''}: ${variant.bytes === undefined ? 'size not known before it is asked for' : formatBytes(variant.bytes)}`,
      `    ${variant.advice}`,
      ...variant.files.map(({ path, bytes, sha256 }) => `    ${path}${bytes === undefined ? '' : `, ${formatBytes(bytes)}`}${sha256 === undefined ? '' : `, SHA-256 ${sha256}`}`),
    ]),
    ...(facts ? [`  ${facts.architecture}, ${facts.quantisation}: ${facts.layers} layers, ${facts.heads} heads (${facts.keyValueHeads} of keys and values), ${facts.contextLength} of ${facts.trainedContext} tokens, ${formatBytes(facts.cacheBytes)} for a whole conversation`] : []),
    `  State: ${entry.state}${entry.installed ? ` in ${entry.installed.folder}` : ''}${entry.problem === undefined ? '' : `: ${entry.problem}`}`,
    ...(entry.howToRun === undefined ? [] : [`  To run it: ${entry.howToRun}`]),
  ];
}
