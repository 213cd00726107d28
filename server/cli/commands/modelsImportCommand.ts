import { Command } from 'commander';
import path from 'node:path';
import { ModelImportRequest } from '../../protocol/index.js';
import { ExitCode } from '../exitCode.js';
import { wholeNumber } from '../optionParsers.js';
import { addServerOptions, type ServerOptions } from '../serverOptions.js';
import { type Environment, runWithServer } from '../session.js';
import { StatusLine } from '../statusLine.js';
import { note, writeJson } from '../terminal.js';

interface Options extends ServerOptions {
  id?: string;
  name?: string;
  licence?: string;
  context?: number;
  json?: boolean;
}

const examples = `
A GGUF with a chat template becomes a model that answers from timelines. A vision encoder in ONNX and a GGUF, laid out as
SmolVLM2 is published, become a model that sees. A folder with a manifest.json becomes the model that it describes. The files are linked where the disk can do that, so they take no room twice.

Examples:
  videochat models import ~/Downloads/qwen3-1.7b-q8_0.gguf
  videochat models import onnx/vision_encoder.onnx SmolVLM2-500M-Video-Instruct-Q8_0.gguf --id smol
  videochat models import my-model --json`;

/** `videochat models import FILE` */
export function modelsImportCommand(environment: Environment, done: (code: ExitCode) => void): Command {
  const command = new Command('import')
    .description('make a model of files on this machine: a GGUF, an encoder and a GGUF, or a folder with a manifest')
    .argument('<path...>', 'a GGUF file, a vision encoder and a GGUF file, or a folder')
    .option('--id <id>', 'what it is called; left out: like the file')
    .option('--name <name>', 'for people')
    .option('--licence <name>', 'of the weights')
    .option('--context <n>', 'tokens of a conversation', wholeNumber(128, 4_194_304))
    .option('--json', 'print what was made as one line of JSON');
  addServerOptions(command).addHelpText('after', examples);
  return command.action(async (paths: string[], _: Options, self: Command) => {
    const options: Options = self.optsWithGlobals();
    done(
      await runWithServer(environment, options, async ({ client, terminal, verbose }, signal) => {
        const status = new StatusLine(terminal, verbose);
        const { id, name, licence, context: contextLength } = options;
        const given = Object.fromEntries(Object.entries({ id, name, licence, contextLength }).filter(([, value]) => value !== undefined));
        const onProgress = ({ done: read, total }: { done: number; total: number }): void => status.show('Reading', ` ${Math.floor((100 * read) / Math.max(1, total))} %`);
        try {
          const result = await client.request(ModelImportRequest, { paths: paths.map((each) => path.resolve(each)), ...given }, { signal, onProgress });
          status.clear();
          if (options.json) {
            writeJson(terminal, result);
          } else {
            terminal.out.write(`${result.modelId}\n`);
          }
          note(terminal, `It is in ${result.folder}${result.how === 'copy' ? ', as a copy' : ''}.`);
          return ExitCode.ok;
        } finally {
          status.clear();
        }
      }),
    );
  });
}
