import { Command } from 'commander';
import { type ModelPullProgress, ModelPullRequest } from '../../protocol/index.js';
import { ExitCode } from '../exitCode.js';
import { formatBytes, formatTransfer } from '../formatValues.js';
import { addServerOptions, type ServerOptions } from '../serverOptions.js';
import { type Environment, runWithServer } from '../session.js';
import { StatusLine } from '../statusLine.js';
import { note, writeJson } from '../terminal.js';

interface Options extends ServerOptions {
  variant?: string;
  acceptLicence?: boolean;
  json?: boolean;
}

const examples = `
Ctrl-C pauses: the same command goes on where it stopped, and videochat models remove throws the part away. Files lie in the
hub's cache, where other programs find them. HF_TOKEN is the token, HF_ENDPOINT a mirror, HF_HOME the place of the cache;
HTTPS_PROXY and NO_PROXY count.

Examples:
  videochat models pull qwen3-0.6b
  videochat models pull videochat-7b --accept-licence`;

const stages: Record<ModelPullProgress['stage'], string> = {
  asking: 'Asking the hub',
  waiting: 'Waiting for another download of the same file',
  fetching: 'Fetching',
  verifying: 'Comparing',
  installing: 'Installing',
};

/** `videochat models pull ID` */
export function modelsPullCommand(environment: Environment, done: (code: ExitCode) => void): Command {
  const command = new Command('pull')
    .description('fetch a model and install it')
    .argument('<id>', 'as videochat models list prints it')
    .option('--variant <name>', 'which files; left out: those for this machine')
    .option('--accept-licence', 'you have read the licence and accept it')
    .option('--json', 'print what was fetched as one line of JSON');
  addServerOptions(command).addHelpText('after', examples);
  return command.action(async (entryId: string, _: Options, self: Command) => {
    const options: Options = self.optsWithGlobals();
    done(
      await runWithServer(environment, options, async ({ client, terminal, verbose }, signal) => {
        const status = new StatusLine(terminal, verbose);
        const { variant, acceptLicence } = options;
        const params = { entryId, ...(variant === undefined ? {} : { variant }), ...(acceptLicence === undefined ? {} : { acceptLicence }) };
        try {
          const result = await client.request(ModelPullRequest, params, { signal, onProgress: (progress) => status.show(stages[progress.stage], countOf(progress)) });
          status.clear();
          if (options.json) {
            writeJson(terminal, result);
          } else {
            terminal.out.write(`${result.modelId ?? result.folder}\n`);
          }
          const bytes = result.files.reduce((sum, file) => sum + file.bytes, 0);
          note(terminal, `${entryId} (${result.variant}) is here: ${formatBytes(bytes)} in ${result.folder}.`);
          if (result.howToRun !== undefined) {
            note(terminal, result.howToRun, 'yellow');
          }
          return ExitCode.ok;
        } finally {
          status.clear();
        }
      }),
    );
  });
}

function countOf({ file, ...far }: ModelPullProgress): string {
  return `${file === undefined ? '' : ` ${file}`}, ${formatTransfer(far)}`;
}
