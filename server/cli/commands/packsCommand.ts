import { Command } from 'commander';
import type { ExitCode } from '../exitCode.js';
import type { Environment } from '../session.js';
import { packsListCommand } from './packsListCommand.js';
import { packsProbeCommand } from './packsProbeCommand.js';
import { packsPullCommand } from './packsPullCommand.js';
import { packsRemoveCommand } from './packsRemoveCommand.js';

/** `videochat packs list|pull|probe|remove` */
export function packsCommand(environment: Environment, done: (code: ExitCode) => void): Command {
  const command = new Command('packs').description('libraries for NVIDIA cards, which are too large to come with the program');
  for (const create of [packsListCommand, packsPullCommand, packsProbeCommand, packsRemoveCommand]) {
    command.addCommand(create(environment, done));
  }
  return command;
}
