import { Command } from 'commander';
import path from 'node:path';
import { type ChatProgress, type Summary, SummaryCreateRequest, VideoCloseRequest, VideoOpenRequest } from '../../protocol/index.js';
import { stageText } from '../askQuestion.js';
import { isConnectionLost } from '../batch/batchWorker.js';
import { ExitCode } from '../exitCode.js';
import { printable } from '../printable.js';
import { isCancelled, reportError, toErrorRecord } from '../reportError.js';
import { selectModel, warnAboutDemonstration } from '../selectModel.js';
import { addServerOptions, type ServerOptions } from '../serverOptions.js';
import { type Environment, runWithServer, type Session } from '../session.js';
import { StatusLine } from '../statusLine.js';
import { note, writeJson } from '../terminal.js';

interface Options extends ServerOptions {
  model?: string;
  plan?: string;
  json?: boolean;
}

const examples = `
Examples:
  videochat summarize clip.mp4
  videochat summarize clips/*.mp4 --json | jq -r '[.video, .text] | @tsv'
  videochat summarize clip.mp4 --plan fps:1`;

/** `videochat summarize VIDEO…` */
export function summarizeCommand(environment: Environment, done: (code: ExitCode) => void): Command {
  const command = new Command('summarize')
    .description('say what happens in videos or pictures')
    .argument('<video...>', 'files to summarize, one after the other')
    .option('-m, --model <id>', 'model to ask (videochat models lists them)')
    .option('--plan <plan>', 'frame plan: videochat:8, middle:8, fps:1 …')
    .option('--json', 'print each summary as one line of JSON');
  addServerOptions(command).addHelpText('after', examples);
  return command.action(async (videos: string[], options: Options) => {
    done(
      await runWithServer(environment, options, async (session, signal) => {
        const model = await selectModel(session.client, options.model);
        warnAboutDemonstration(session.terminal, model);
        let code: ExitCode = ExitCode.ok;
        for (const video of videos) {
          try {
            print(session, video, await summarize(session, video, model.id, options.plan, signal), options.json, videos.length > 1);
          } catch (error) {
            if (options.json) {
              writeJson(session.terminal, { video, error: toErrorRecord(error) });
            }
            if (isCancelled(error) || isConnectionLost(error) || videos.length === 1) {
              throw error;
            }
            // One bad clip is no reason to leave the others out.
            note(session.terminal, `${video}:`);
            code = reportError(session.terminal, error);
          }
        }
        return code;
      }),
    );
  });
}

async function summarize(session: Session, video: string, modelId: string, plan: string | undefined, signal: AbortSignal): Promise<Summary> {
  const { client, terminal, verbose } = session;
  const status = new StatusLine(terminal, verbose);
  const onProgress = (progress: ChatProgress): void => {
    if (progress.kind === 'stage') {
      status.show(...stageText(progress));
    }
  };
  try {
    const { videoId } = await client.request(VideoOpenRequest, { path: path.resolve(video) }, { signal });
    try {
      const params = { videoId, modelId, ...(plan === undefined ? {} : { plan }) };
      return await client.request(SummaryCreateRequest, params, { signal, onProgress });
    } finally {
      client.request(VideoCloseRequest, { videoId }).catch(() => undefined);
    }
  } finally {
    status.clear();
  }
}

function print({ terminal }: Session, video: string, summary: Summary, json = false, named: boolean): void {
  if (json) {
    writeJson(terminal, { video, ...summary });
    return;
  }
  const heading = named ? `${video}\n` : '';
  terminal.out.write(`${printable(`${heading}${summary.text}`)}\n${named ? '\n' : ''}`);
}
