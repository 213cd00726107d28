import { Command } from 'commander';
import type { ExitCode } from '../exitCode.js';
import type { Environment } from '../session.js';
import { datasetAgreementCommand } from './datasetAgreementCommand.js';
import { datasetExportCommand } from './datasetExportCommand.js';
import { datasetImportCommand } from './datasetImportCommand.js';
import { datasetValidateCommand } from './datasetValidateCommand.js';

/** `videochat dataset …` */
export function datasetCommand(environment: Environment, done: (code: ExitCode) => void): Command {
  const command = new Command('dataset').description('annotated videos: check them, compare annotators, take in and give out files of other tools');
  for (const create of [datasetValidateCommand, datasetAgreementCommand, datasetImportCommand, datasetExportCommand]) {
    command.addCommand(create(environment, done));
  }
  return command;
}
