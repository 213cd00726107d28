import { Command, Option } from 'commander';
import path from 'node:path';
import { type AgreementPair, DatasetAgreementRequest } from '../../protocol/index.js';
import { ExitCode } from '../exitCode.js';
import { decimal } from '../optionParsers.js';
import { printable } from '../printable.js';
import { addServerOptions, type ServerOptions } from '../serverOptions.js';
import { type Environment, runWithServer } from '../session.js';
import { note, type Terminal, writeJson } from '../terminal.js';

interface Options extends ServerOptions {
  minIou?: number;
  json?: boolean;
}

const examples = `
Segments of two annotators are matched one to one so that as many as possible overlap by --min-iou (intersection over
union), and those as well as possible: an optimal assignment, not a greedy one. F1 and the mean overlap are over
matches; Cohen's kappa is over their labels. Suggestions and rejected segments do not count. Clips are the same by
hash, or else by path; only clips that both have are compared.

Examples:
  videochat dataset agreement anna ben cleo
  videochat dataset agreement dataset --json      # the authors of one dataset`;

/** `videochat dataset agreement DIR…` */
export function datasetAgreementCommand(environment: Environment, done: (code: ExitCode) => void): Command {
  const command = new Command('agreement')
    .description('tell how far annotators agree on segments and labels')
    .argument('<folder...>', 'one folder for each annotator, or one dataset whose items name their authors')
    .addOption(new Option('--min-iou <share>', 'overlap from which segments match').argParser(decimal(0, 1)).default(0.5))
    .option('--json', 'print the result as one line of JSON');
  addServerOptions(command).addHelpText('after', examples);
  return command.action(async (folders: string[], options: Options) => {
    done(
      await runWithServer(environment, options, async ({ client, terminal }, signal) => {
        const params = { paths: folders.map((folder) => path.resolve(folder)), minIou: options.minIou };
        const result = await client.request(DatasetAgreementRequest, params, { signal });
        if (options.json) {
          writeJson(terminal, result);
        } else if (result.pairs.length === 0) {
          note(terminal, 'There are not two annotators to compare.');
        } else {
          result.pairs.forEach((pair) => print(terminal, pair));
        }
        return ExitCode.ok;
      }),
    );
  });
}

function print(terminal: Terminal, { a, b, clips, segmentsA, segmentsB, matched, f1, meanIou, kappa, confusion }: AgreementPair): void {
  const numbers = [
    `${clips} clips, ${segmentsA} and ${segmentsB} segments, ${matched} matched`,
    `F1 ${f1.toFixed(3)}, mean overlap ${meanIou.toFixed(3)}, kappa ${kappa === null ? '–' : kappa.toFixed(3)}`,
  ];
  const mixed = Object.entries(confusion)
    .flatMap(([label, row]) => Object.entries(row).map(([other, count]) => ({ label, other, count })))
    .filter(({ label, other }) => label !== other)
    .sort((one, other) => other.count - one.count)
    .map(({ label, other, count }) => `${label || '(none)'} / ${other || '(none)'}: ${count}`);
  const lines = [`${a} and ${b}`, ...numbers.map((line) => `  ${line}`), ...mixed.map((line) => `    ${line}`)];
  terminal.out.write(`${lines.map((line) => printable(line).replaceAll('\n', ' ')).join('\n')}\n`);
}
