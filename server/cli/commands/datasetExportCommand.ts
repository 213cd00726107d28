import { Command, InvalidArgumentError, Option } from 'commander';
import path from 'node:path';
import {
  datasetFormatNames,
  type DatasetExportParams,
  DatasetExportRequest,
  type DatasetExportResult,
  type DatasetFormatName,
} from '../../protocol/index.js';
import { ExitCode } from '../exitCode.js';
import { printable } from '../printable.js';
import { addServerOptions, type ServerOptions } from '../serverOptions.js';
import { type Environment, runWithServer } from '../session.js';
import { StatusLine } from '../statusLine.js';
import { note, type Terminal, writeJson } from '../terminal.js';

type Status = NonNullable<DatasetExportParams['statuses']>[number];
const allStatuses: readonly Status[] = ['own', 'accepted', 'edited', 'suggested', 'rejected'];

interface Options extends ServerOptions {
  format: DatasetFormatName;
  out: string;
  split?: string;
  import?: string;
  status?: Status[];
  json?: boolean;
}

const examples = `
What was imported in the format comes out as it went in, with your edits in place; everything else that the format
has a place for follows. What it has no place for is counted.

Examples:
  videochat dataset export dataset --format llava --split train --out train.json
  videochat dataset export dataset --format webvtt --status own,accepted --out subtitles`;

/** `videochat dataset export DATASET` */
export function datasetExportCommand(environment: Environment, done: (code: ExitCode) => void): Command {
  const command = new Command('export')
    .description('write a dataset in the format of another tool')
    .argument('<dataset>', 'dataset folder')
    .addOption(new Option('-f, --format <format>', 'format to write').choices(datasetFormatNames).makeOptionMandatory())
    .requiredOption('-o, --out <file>', 'file to write; a folder for formats with a file for each clip')
    .option('--split <name>', 'only clips of this split')
    .option('--import <id>', 'of what was imported, only this import (the dataset\'s manifest lists them)')
    .option('--status <list>', `only items with these: ${allStatuses.join(', ')} (default: the first three)`, statuses)
    .option('--json', 'print the result as one line of JSON');
  addServerOptions(command).addHelpText('after', examples);
  return command.action(async (dataset: string, options: Options) => {
    done(
      await runWithServer(environment, options, async ({ client, terminal, verbose }, signal) => {
        const status = new StatusLine(terminal, verbose);
        const { format, out, split } = options;
        const params = { dataset: path.resolve(dataset), format, out: path.resolve(out), split, importId: options.import, statuses: options.status };
        try {
          const onProgress = ({ done: documents, total }: { done: number; total: number }): void => status.show('Reading', ` ${documents}/${total}`);
          const result = await client.request(DatasetExportRequest, params, { signal, onProgress });
          status.clear();
          print(terminal, result, options.json);
          return ExitCode.ok;
        } finally {
          status.clear();
        }
      }),
    );
  });
}

function statuses(text: string): Status[] {
  const names = text.split(',').map((name) => name.trim());
  const wrong = names.find((name) => !(allStatuses as readonly string[]).includes(name));
  if (wrong !== undefined) {
    throw new InvalidArgumentError(`"${wrong}" is no status.`);
  }
  return names as Status[];
}

function print(terminal: Terminal, result: DatasetExportResult, json = false): void {
  if (json) {
    writeJson(terminal, result);
    return;
  }
  for (const { what, count } of result.lost) {
    note(terminal, printable(`left out: ${what} (${count})`), 'dim');
  }
  terminal.out.write(`${result.items} items of ${result.documents} documents\n`);
}
