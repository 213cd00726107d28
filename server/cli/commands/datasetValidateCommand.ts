import { Command, Option } from 'commander';
import path from 'node:path';
import { DatasetValidateRequest, type DatasetValidateResult as Result } from '../../protocol/index.js';
import { toSarif } from '../dataset/sarif.js';
import { ExitCode } from '../exitCode.js';
import { printable } from '../printable.js';
import { addServerOptions, type ServerOptions } from '../serverOptions.js';
import { type Environment, runWithServer } from '../session.js';
import { StatusLine } from '../statusLine.js';
import { note, styled, type Terminal, writeJson } from '../terminal.js';

interface Options extends ServerOptions {
  json?: boolean;
  sarif?: boolean;
  hashes?: boolean;
}

const examples = `
A problem is a line FILE:LINE:COLUMN: severity: what is wrong [code]. The exit code is 1 if there is any error;
warnings alone leave it 0.

Examples:
  videochat dataset validate dataset
  videochat dataset validate dataset --hashes --json | jq '.found[].path'
  videochat dataset validate dataset --sarif > problems.sarif`;

/** `videochat dataset validate DIR` */
export function datasetValidateCommand(environment: Environment, done: (code: ExitCode) => void): Command {
  const command = new Command('validate')
    .description('check the manifest and all annotation documents of a dataset')
    .argument('<dataset>', 'dataset folder')
    .option('--hashes', 'look into the clips too: their hashes, durations and frames')
    .option('--json', 'print the result as one line of JSON')
    .addOption(new Option('--sarif', 'print the result as SARIF 2.1.0').conflicts('json'));
  addServerOptions(command).addHelpText('after', examples);
  return command.action(async (folder: string, options: Options) => {
    done(
      await runWithServer(environment, options, async ({ client, terminal, verbose }, signal) => {
        const status = new StatusLine(terminal, verbose);
        const dataset = path.resolve(folder);
        try {
          const result = await client.request(
            DatasetValidateRequest,
            { path: dataset, hashes: options.hashes },
            { signal, onProgress: ({ done: documents, total }) => status.show('Checking', ` ${documents}/${total}`) },
          );
          status.clear();
          if (options.sarif) {
            writeJson(terminal, toSarif(result, dataset, environment.version));
          } else if (options.json) {
            writeJson(terminal, result);
          } else {
            print(terminal, result);
          }
          return result.errors > 0 ? ExitCode.error : ExitCode.ok;
        } finally {
          status.clear();
        }
      }),
    );
  });
}

function print(terminal: Terminal, { files, errors, warnings, found, truncated, others = [] }: Result): void {
  for (const { path: file, problems } of found) {
    const name = path.relative(process.cwd(), file) || file;
    for (const { line, column, severity, message, code } of problems) {
      // One problem is one line, whatever a name holds.
      terminal.out.write(`${printable(`${name}:${line}:${column}: ${severity}: ${message} [${code}]`).replaceAll('\n', ' ')}\n`);
    }
  }
  if (truncated) {
    note(terminal, 'There are more problems than are listed.');
  }
  for (const other of others) {
    note(terminal, `Not checked, a dataset of its own: ${path.relative(process.cwd(), other) || other}`);
  }
  const text = `${files} files: ${errors} errors, ${warnings} warnings`;
  terminal.err.write(`${errors > 0 ? styled(terminal, 'red', text) : text}\n`);
}
