import { Command, Option } from 'commander';
import path from 'node:path';
import { datasetFormatNames, type DatasetFormatName, DatasetImportRequest, type DatasetImportResult } from '../../protocol/index.js';
import { ExitCode } from '../exitCode.js';
import { printable } from '../printable.js';
import { addServerOptions, type ServerOptions } from '../serverOptions.js';
import { type Environment, runWithServer } from '../session.js';
import { StatusLine } from '../statusLine.js';
import { note, type Terminal, writeJson } from '../terminal.js';

interface Options extends ServerOptions {
  format: DatasetFormatName;
  media: string;
  out: string;
  existing?: 'add' | 'skip';
  json?: boolean;
}

/** Problems to print; `--json` has them all. */
const shownProblems = 20;

const examples = `
The file is read to its end before anything is written. Doing the same again adds what is missing and nothing twice.
The exit code is 1 if anything was not understood or left out.

Examples:
  videochat dataset import videochat_instruct_11k.json --format videochat --media clips --out dataset
  videochat dataset import val_1.json --format activitynet-captions --media activitynet/v1-3 --out dataset`;

/** `videochat dataset import FILE` */
export function datasetImportCommand(environment: Environment, done: (code: ExitCode) => void): Command {
  const command = new Command('import')
    .description('take a file of another tool into a dataset')
    .argument('<file>', 'file to take in; a folder for formats with a file for each clip')
    .addOption(new Option('-f, --format <format>', 'format of the file').choices(datasetFormatNames).makeOptionMandatory())
    .requiredOption('-m, --media <folder>', 'folder that names of clips are relative to')
    .requiredOption('-o, --out <dataset>', 'dataset folder; made if missing')
    .addOption(new Option('--existing <what>', 'what to do with clips that have a document already').choices(['add', 'skip']))
    .option('--json', 'print the result as one line of JSON');
  addServerOptions(command).addHelpText('after', examples);
  return command.action(async (file: string, options: Options) => {
    done(
      await runWithServer(environment, options, async ({ client, terminal, verbose }, signal) => {
        const status = new StatusLine(terminal, verbose);
        const { format, media, out, existing } = options;
        const params = { file: path.resolve(file), format, mediaFolder: path.resolve(media), dataset: path.resolve(out), existing };
        try {
          const result = await client.request(DatasetImportRequest, params, {
            signal,
            onProgress: ({ done: items, bytes, totalBytes }) =>
              items > 0 ? status.show('Writing', ` ${items} items`) : status.show('Reading', ` ${Math.floor((bytes / Math.max(1, totalBytes)) * 100)} %`),
          });
          status.clear();
          print(terminal, result, options.json);
          return result.skipped > 0 ? ExitCode.error : ExitCode.ok;
        } finally {
          status.clear();
        }
      }),
    );
  });
}

function print(terminal: Terminal, result: DatasetImportResult, json = false): void {
  if (json) {
    writeJson(terminal, result);
    return;
  }
  const { items, documents, skipped, problems, missingMedia } = result;
  for (const { message } of problems.slice(0, shownProblems)) {
    note(terminal, printable(message));
  }
  if (problems.length > shownProblems) {
    note(terminal, `… and ${problems.length - shownProblems} more; --json lists them.`);
  }
  const counts = [`${items} items in ${documents} documents`, ...(skipped ? [`${skipped} not understood or left out`] : [])];
  const missing = missingMedia ? [`${missingMedia} clips are not in the media folder`] : [];
  terminal.out.write(`${[...counts, ...missing].join(', ')}\n`);
}
