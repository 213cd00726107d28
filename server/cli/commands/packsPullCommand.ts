import { Command } from 'commander';
import { type PackPullProgress, PackPullRequest } from '../../protocol/index.js';
import { ExitCode } from '../exitCode.js';
import { formatTransfer } from '../formatValues.js';
import { addServerOptions, type ServerOptions } from '../serverOptions.js';
import { type Environment, runWithServer } from '../session.js';
import { StatusLine } from '../statusLine.js';
import { writeJson } from '../terminal.js';
import { tellVerdict } from './packsProbeCommand.js';

interface Options extends ServerOptions {
  json?: boolean;
}

const examples = `
Ctrl-C pauses: the same command goes on where it stopped, and videochat packs remove throws the part away. A pack is tested at
once, and used where it works; the exit code is 1 where it does not. VIDEOCHAT_NPM_REGISTRY and VIDEOCHAT_NUGET are mirrors;
HTTPS_PROXY and NO_PROXY count.

Examples:
  videochat packs pull language-cuda`;

const stages: Record<PackPullProgress['stage'], string> = {
  asking: 'Asking the registry',
  waiting: 'Waiting for another download of the same file',
  fetching: 'Fetching',
  verifying: 'Comparing',
  unpacking: 'Unpacking',
  probing: 'Testing',
};

/** `videochat packs pull ID` */
export function packsPullCommand(environment: Environment, done: (code: ExitCode) => void): Command {
  const command = new Command('pull')
    .description('fetch a GPU pack and test it')
    .argument('<id>', 'as videochat packs list prints it')
    .option('--json', 'print what was fetched as one line of JSON');
  return addServerOptions(command)
    .addHelpText('after', examples)
    .action(async (packId: string, options: Options) => {
      done(
        await runWithServer(environment, options, async ({ client, terminal, verbose }, signal) => {
          const status = new StatusLine(terminal, verbose);
          try {
            const result = await client.request(PackPullRequest, { packId }, { signal, onProgress: (progress) => status.show(stages[progress.stage], countOf(progress)) });
            status.clear();
            if (options.json) {
              writeJson(terminal, result);
            } else {
              terminal.out.write(`${result.folder}\n`);
            }
            tellVerdict(terminal, result.verdict);
            return result.verdict.works ? ExitCode.ok : ExitCode.error;
          } finally {
            status.clear();
          }
        }),
      );
    });
}

function countOf({ stage, ...far }: PackPullProgress): string {
  return stage === 'probing' || stage === 'asking' ? '' : ` ${formatTransfer(far)}`;
}
