import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { renderPhrase } from '../../server/protocol/index.js';
import type { ExtensionParts } from '../context.js';
import { modelFor } from '../models/modelFor.js';
import { isCancelled, remedyFor, toProblem } from '../showProblem.js';
import { momentCommand } from './assistantNames.js';
import { answerTask } from './chatAnswer.js';
import { clipOfRequest, isOutcome, turnsAbout } from './chatHistory.js';
import type { ChatOutcome, ChatPorts, ChatVerb } from './chatPorts.js';

interface Asked {
  request: vscode.ChatRequest;
  context: vscode.ChatContext;
  stream: vscode.ChatResponseStream;
  token: vscode.CancellationToken;
}

const verbs: readonly ChatVerb[] = ['summarize', 'find', 'caption', 'timeline'];

/**
 * Answers a message to `@video`. What fails is said in the chat, with a button for what can be done about it.
 *
 * @param current clips of the conversation in front
 */
export async function answerInChat(parts: ExtensionParts, current: readonly string[], { request, context, stream, token }: Asked): Promise<vscode.ChatResult> {
  const { server, settings, log } = parts;
  const { t } = vscode.l10n;
  const verb = verbs.find((each) => each === request.command) ?? 'ask';
  const clip = await clipOfRequest(request, context, current);
  let stage = '';
  try {
    stream.progress(t('Starting'));
    const { client } = await server.client();
    const ports: ChatPorts = {
      ...{ client, token, t },
      model: () => modelFor(client, settings.values.model, t),
      folders: (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file').map(({ uri }) => uri.fsPath),
      nameOf: (path) => (vscode.workspace.getWorkspaceFolder(vscode.Uri.file(path)) ? vscode.workspace.asRelativePath(path) : basename(path)),
      stage: (text) => {
        // Each is a line of its own: numbers that count up are no news.
        const words = text.replace(/[\d/]+/g, '').trim();
        if (words !== stage) {
          stage = words;
          stream.progress(words);
        }
      },
      say: (markdown) => stream.markdown(markdown),
      tell: (markdown) => stream.markdown(trusted(markdown)),
      momentLink: (path, { startSeconds, endSeconds }) => `command:${momentCommand}?${encodeURIComponent(JSON.stringify([{ path, startSeconds, endSeconds }])).replace(/[()]/g, (sign) => (sign === '(' ? '%28' : '%29'))}`,
      picture: async (path, alt, link) => {
        stream.markdown(`![${alt}](data:image/jpeg;base64,${(await readFile(path)).toString('base64')}) `);
        // The editor shows no picture inside a link.
        if (link !== undefined) {
          stream.markdown(trusted(`[${alt}](${link}) `));
        }
      },
    };
    if (clip !== undefined) {
      stream.reference(vscode.Uri.file(clip));
    }
    const outcome = await answerTask({ verb, text: request.prompt, turns: turnsAbout(clip, context), ...(clip === undefined ? {} : { clip }) }, ports);
    return { metadata: { ...outcome } };
  } catch (error) {
    if (isCancelled(error) || token.isCancellationRequested) {
      return { metadata: { verb, ...(clip === undefined ? {} : { clip }) } };
    }
    const problem = toProblem(error);
    log.error(`@video: ${problem.data.english ?? problem.message}`);
    const { label, command } = remedyFor(problem);
    stream.button({ title: label, command });
    const { message, hint } = problem.phrases;
    return { errorDetails: { message: [message, hint].filter((words) => words !== undefined).map((words) => renderPhrase(words, vscode.l10n.t)).join(' ') } };
  }
}

/** Links of it may open moments, and nothing else. */
function trusted(markdown: string): vscode.MarkdownString {
  const text = new vscode.MarkdownString(markdown);
  text.isTrusted = { enabledCommands: [momentCommand] };
  return text;
}

/** What a person may want to know next. */
export function followUps({ metadata }: vscode.ChatResult): vscode.ChatFollowup[] {
  const { t } = vscode.l10n;
  if (!isOutcome(metadata) || metadata.clip === undefined) {
    return [];
  }
  const all: (vscode.ChatFollowup & { verb: ChatOutcome['verb'] })[] = [
    { verb: 'summarize', command: 'summarize', prompt: '', label: t('Summarize this clip') },
    { verb: 'timeline', command: 'timeline', prompt: '', label: t('What happens when?') },
    { verb: 'caption', command: 'caption', prompt: '', label: t('Caption event by event') },
  ];
  return all.filter(({ verb }) => verb !== metadata.verb).slice(0, 2);
}
