import { Command } from 'commander';
import { toAnswerRecord } from '../answerRecord.js';
import { askQuestion, noteAnswer } from '../askQuestion.js';
import { chatLoop } from '../chatLoop.js';
import { addChatOptions, type ChatCommandOptions, chatOptionsProblem } from '../chatOptions.js';
import { ExitCode } from '../exitCode.js';
import { openConversation } from '../openConversation.js';
import { toErrorRecord } from '../reportError.js';
import { addServerOptions, type ServerOptions } from '../serverOptions.js';
import { type Environment, runWithServer, type Session } from '../session.js';
import { writeJson } from '../terminal.js';

interface Options extends ChatCommandOptions, ServerOptions {
  json?: boolean;
  with?: string[];
}

const examples = `
Examples:
  videochat chat clip.mp4 "What happens?"          ask once; the answer is all that stdout gets
  videochat chat clip.mp4                          ask on and on; /help shows the commands
  videochat chat clip.mp4 --start 1:20 --end 1:35 "Who enters?"
  videochat chat clip.mp4 --with other.mp4 --with cup.png "Where is the cup?"
  videochat chat clip.mp4 --json "What happens?" | jq -r .answer
  printf 'What is this?\\nWhere?\\n' | videochat chat clip.mp4 --json`;

/** `videochat chat VIDEO [QUESTION]` */
export function chatCommand(environment: Environment, done: (code: ExitCode) => void): Command {
  const command = new Command('chat')
    .description('ask about a video or a picture')
    .argument('<video>', 'file to ask about')
    .argument('[question]', 'left out: questions are read line by line from stdin')
    .option('-w, --with <file>', 'another clip or picture to look at; may be repeated (videochat models says how many)', gather)
    .option('--json', 'print each answer as one line of JSON');
  addServerOptions(addChatOptions(command)).addHelpText('after', examples);
  return command.action(async (video: string, question: string | undefined, options: Options) => {
    const problem = chatOptionsProblem(options) ?? (question?.trim() === '' ? 'the question is empty' : undefined);
    if (problem) {
      command.error(`error: ${problem}`);
    }
    const ask = async (session: Session, signal: AbortSignal): Promise<ExitCode> => {
      const conversation = await openConversation(session, [video, ...(options.with ?? [])], options, signal);
      const json = options.json ?? false;
      return question === undefined
        ? chatLoop(session, conversation, json)
        : askOnce(session, conversation.chatId, question, json, signal);
    };
    done(
      await runWithServer(environment, options, async (session, signal) => {
        try {
          return await ask(session, signal);
        } catch (error) {
          if (options.json) {
            writeJson(session.terminal, { ...(question ? { question } : {}), error: toErrorRecord(error) });
          }
          throw error;
        }
      }),
    );
  });
}

function gather(file: string, before: string[] = []): string[] {
  return [...before, file];
}

async function askOnce(
  session: Session,
  chatId: string,
  text: string,
  json: boolean,
  signal: AbortSignal,
): Promise<ExitCode> {
  const answer = await askQuestion(session, { chatId, text, quiet: json, signal });
  if (json) {
    writeJson(session.terminal, toAnswerRecord(text, answer));
  }
  noteAnswer(session, answer);
  return ExitCode.ok;
}
