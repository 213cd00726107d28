import { Command, CommanderError } from 'commander';
import { annotateCommand } from './commands/annotateCommand.js';
import { batchCommand } from './commands/batchCommand.js';
import { chatCommand } from './commands/chatCommand.js';
import { compareCommand } from './commands/compareCommand.js';
import { datasetCommand } from './commands/datasetCommand.js';
import { denseCaptionCommand } from './commands/denseCaptionCommand.js';
import { evalCommand } from './commands/evalCommand.js';
import { framesCommand } from './commands/framesCommand.js';
import { llamaServerCommand } from './commands/llamaServerCommand.js';
import { locateCommand } from './commands/locateCommand.js';
import { mcpCommand } from './commands/mcpCommand.js';
import { modelsCommand } from './commands/modelsCommand.js';
import { narrateCommand } from './commands/narrateCommand.js';
import { packsCommand } from './commands/packsCommand.js';
import { probeCommand } from './commands/probeCommand.js';
import { searchCommand } from './commands/searchCommand.js';
import { serveCommand } from './commands/serveCommand.js';
import { summarizeCommand } from './commands/summarizeCommand.js';
import { timelineCommand } from './commands/timelineCommand.js';
import { ExitCode } from './exitCode.js';
import { reportError } from './reportError.js';
import type { Environment } from './session.js';

const exitCodes = `
Exit codes: 0 done, 1 failed, 2 wrong command line, 130 interrupted.
Environment: VIDEOCHAT_FFMPEG (ffmpeg to use), NO_COLOR.`;

/**
 * Runs one command line.
 *
 * @param args without node and the script
 * @returns what the process should end with
 */
export async function runProgram(args: readonly string[], environment: Environment): Promise<number> {
  let result: number = ExitCode.ok;
  const done = (code: number): void => {
    result = code;
  };
  const program = new Command('videochat')
    .description('Chat with videos on your own machine.')
    .version(environment.version)
    .addHelpText('after', exitCodes);
  for (const create of [chatCommand, summarizeCommand, narrateCommand, compareCommand, timelineCommand, searchCommand, locateCommand, denseCaptionCommand, evalCommand, batchCommand, annotateCommand, datasetCommand, framesCommand, probeCommand, modelsCommand, packsCommand, llamaServerCommand, serveCommand, mcpCommand]) {
    program.addCommand(create(environment, done));
  }
  const { terminal } = environment;
  for (const command of withSubcommands(program)) {
    command
      .exitOverride()
      .showHelpAfterError('--help shows how.')
      .configureOutput({
        writeOut: (text) => void terminal.out.write(text),
        writeErr: (text) => void terminal.err.write(text),
        getOutHasColors: () => false,
        getErrHasColors: () => terminal.colour,
      });
  }
  try {
    await program.parseAsync([...args], { from: 'user' });
    return result;
  } catch (error) {
    if (error instanceof CommanderError) {
      return error.exitCode === 0 ? ExitCode.ok : ExitCode.usage;
    }
    return reportError(terminal, error);
  }
}

function withSubcommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(withSubcommands)];
}
