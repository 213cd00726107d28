import { Command } from 'commander';
import { answersQuestions, type ModelInfo, ModelListRequest, oneMedium } from '../../protocol/index.js';
import { ExitCode } from '../exitCode.js';
import { formatBytes } from '../formatValues.js';
import { printable } from '../printable.js';
import { addServerOptions, type ServerOptions } from '../serverOptions.js';
import { type Environment, runWithServer } from '../session.js';
import { note, writeJson } from '../terminal.js';
import { modelsImportCommand } from './modelsImportCommand.js';
import { modelsInfoCommand } from './modelsInfoCommand.js';
import { modelsListCommand } from './modelsListCommand.js';
import { modelsPullCommand } from './modelsPullCommand.js';
import { modelsRemoveCommand } from './modelsRemoveCommand.js';
import { modelsVerifyCommand } from './modelsVerifyCommand.js';

interface Options extends ServerOptions {
  json?: boolean;
}

const examples = `
Examples:
  videochat models
  videochat models list
  videochat models pull qwen3-0.6b
  videochat models --models ~/models --json | jq -r '.[].id'`;

/** `videochat models`, and `videochat models list|info|pull|verify|remove|import` */
export function modelsCommand(environment: Environment, done: (code: ExitCode) => void): Command {
  const command = new Command('models')
    .description('list the models that were found; fetch, check, remove and import models')
    .option('--json', 'print them as one line of JSON');
  addServerOptions(command).addHelpText('after', examples);
  for (const create of [modelsListCommand, modelsInfoCommand, modelsPullCommand, modelsVerifyCommand, modelsRemoveCommand, modelsImportCommand]) {
    command.addCommand(create(environment, done));
  }
  return command.action(async (options: Options) => {
    done(
      await runWithServer(environment, options, async ({ client, terminal }, signal) => {
        const { models } = await client.request(ModelListRequest, {}, { signal });
        if (options.json) {
          writeJson(terminal, models);
        } else if (models.length === 0) {
          note(terminal, 'No models were found. --models adds a folder that holds model folders.');
        } else {
          terminal.out.write(printable(`${models.map(describeModel).join('\n\n')}\n`));
        }
        return ExitCode.ok;
      }),
    );
  });
}

/** `up to 3 clips and pictures together`; nothing where it is one. */
function describeMedia({ media = oneMedium }: ModelInfo): string {
  if (media.most === 1) {
    return 'one clip or picture at a time';
  }
  const limited = [
    ...(media.videos < media.most ? [`${media.videos} video${media.videos === 1 ? '' : 's'}`] : []),
    ...(media.images < media.most ? [media.images === 0 ? 'no pictures' : `${media.images} picture${media.images === 1 ? '' : 's'}`] : []),
  ];
  return `up to ${media.most} clips and pictures together${limited.length > 0 ? ` (at most ${limited.join(', ')})` : ''}`;
}

function describeModel(model: ModelInfo): string {
  const facts = [model.version, formatBytes(model.bytes), model.licence, model.plan, model.abilities.join(', '), answersQuestions(model) ? describeMedia(model) : 'used by search'];
  return [
    `${model.id}  ${model.name}${model.demonstration ? '  [demonstration: its own eyes know a toy world only]' : ''}`,
    `  ${model.description}`,
    ...(model.remote ? [`  ${model.remote.leavesMachine ? 'leaves this machine' : 'another program'}: ${model.remote.host || "the editor's models"} · ${model.remote.concurrency} requests at once`] : []),
    model.problem === undefined ? `  ${facts.filter(Boolean).join(' · ')}` : `  cannot be used: ${model.problem}`,
  ].join('\n');
}
