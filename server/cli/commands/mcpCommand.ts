import { Command } from 'commander';
import { realpathSync } from 'node:fs';
import path from 'node:path';
import { clientEntry } from '../../mcp/clientEntry.js';
import type * as Mcp from '../../mcp/serveMcp.js';
import { ExitCode } from '../exitCode.js';
import { reportError } from '../reportError.js';
import { addServerOptions, type ServerOptions, toServerSettings } from '../serverOptions.js';
import type { Environment } from '../session.js';
import { note } from '../terminal.js';

interface Options extends ServerOptions {
  root?: string[];
  allowWrites?: boolean;
  model?: string;
  printConfig?: boolean;
}

const examples = `
A client of the Model Context Protocol starts this program and speaks with it on stdin and stdout. Its tools: video_ask,
video_summarize, video_find, video_frames, video_timeline, video_annotate. Only files below the folders named by --root
may be read; where none is named, those below the roots that the client names.

Examples:
  videochat mcp --root ~/Videos
  videochat mcp --root clips --root recordings --allow-writes
  videochat mcp --root ~/Videos --print-config          what to put into the settings of a client on this machine`;

/** `videochat mcp`: the tools for agents, on stdin and stdout. */
export function mcpCommand(environment: Environment, done: (code: number) => void): Command {
  const command = new Command('mcp')
    .description('serve tools about videos to agents (Model Context Protocol)')
    .option('--root <folder>', 'folder whose files may be read; may be repeated', (folder: string, before: string[] = []) => [...before, path.resolve(folder)])
    .option('--allow-writes', 'write annotations without asking')
    .option('-m, --model <id>', 'model to ask (videochat models lists them)')
    .option('--print-config', 'print the entry for the settings of a client, and end');
  addServerOptions(command).addHelpText('after', examples);
  return command.action(async (options: Options) => {
    try {
      if (options.printConfig) {
        environment.terminal.out.write(`${configOf(options)}\n`);
      } else {
        await serve(environment, options);
      }
      done(ExitCode.ok);
    } catch (error) {
      done(reportError(environment.terminal, error));
    }
  });
}

/** Absolute, so that it does not matter where a client starts it. */
function configOf({ root: roots = [], allowWrites = false, model }: Options): string {
  const program = realpathSync(process.argv[1] ?? '');
  const entry = clientEntry(process.execPath, program, { roots, allowWrites, ...(model === undefined ? {} : { model }) });
  return JSON.stringify({ mcpServers: { videochat: entry } }, null, 2);
}

async function serve({ terminal, serverPath, version }: Environment, { root = [], allowWrites = false, model, ...options }: Options): Promise<void> {
  // A bundle of its own, beside this one: no other command needs the SDK.
  const { serveMcp } = (await import(new URL('./mcp.mjs', import.meta.url).href)) as typeof Mcp;
  const stop = new AbortController();
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const end = (): void => stop.abort();
  signals.forEach((signal) => process.on(signal, end));
  try {
    await serveMcp({
      ...{ serverPath, version, roots: root, allowWrites, input: terminal.input, output: terminal.out, signal: stop.signal },
      settings: toServerSettings(options),
      ...(model === undefined ? {} : { modelId: model }),
      ...(options.verbose ? { onLine: (line) => note(terminal, `server: ${line}`, 'dim') } : {}),
    });
  } finally {
    signals.forEach((signal) => process.off(signal, end));
  }
}
