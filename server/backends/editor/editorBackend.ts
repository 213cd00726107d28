import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { linkTokens } from '../../common/linkTokens.js';
import { cancellationSource } from '../../common/cancellation.js';
import type { EditorRules } from '../../models/backendRules.js';
import { type EditorMessage, type EditorPart, ErrorCode, VideoChatError } from '../../protocol/index.js';
import type { Backend, BackendAnswer, BackendMessage, BackendRequest } from '../backend.js';
import type { EditorClients } from './editorClients.js';

/** The language models of the client that asks. */
export class EditorBackend implements Backend {
  readonly device = 'editor';
  refusesImages = false;

  constructor(
    private readonly rules: EditorRules,
    private readonly clients: EditorClients,
  ) {}

  /** @throws VideoChatError EditorUnavailable if the client has none, and what the client answers with */
  async complete({ messages, sampling, client, token, onText }: BackendRequest): Promise<BackendAnswer> {
    const ask = client === undefined ? undefined : this.clients.get(client);
    if (!ask) {
      throw new VideoChatError(ErrorCode.EditorUnavailable, 'This model answers through an editor that has language models of its own, and there is none here.', {
        hint: 'Use it in VS Code, or choose another model.',
      });
    }
    const { vendor, family, model: id } = this.rules;
    const { temperature, maxTokens } = sampling;
    // The answer is long enough.
    const enough = cancellationSource();
    const linked = linkTokens(token, enough.token);
    let [said, isCut] = ['', false];
    const say = (delta: string): void => {
      if (delta !== '' && !isCut) {
        said += delta;
        isCut = !onText(delta);
        if (isCut) {
          enough.cancel();
        }
      }
    };
    try {
      const model = { ...(vendor === undefined ? {} : { vendor }), ...(family === undefined ? {} : { family }), ...(id === undefined ? {} : { id }) };
      const asked = { ...(temperature === undefined ? {} : { temperature }), maxTokens };
      const { text, stopReason, promptTokens, generatedTokens } = await withFiles(messages, (sent) => ask({ model, messages: sent, sampling: asked }, linked.token, (progress) => say(progress.text)));
      // Progress may be lost; the result holds everything.
      if (text.startsWith(said)) {
        say(text.slice(said.length));
      }
      return { stopReason: isCut ? 'length' : stopReason, ...(promptTokens === undefined ? {} : { promptTokens }), ...(generatedTokens === undefined ? {} : { generatedTokens }) };
    } catch (error) {
      if (error instanceof VideoChatError && error.code === ErrorCode.RequestCancelled) {
        return { stopReason: isCut ? 'length' : 'cancelled' };
      }
      this.refusesImages ||= error instanceof VideoChatError && error.code === ErrorCode.ImagesRefused;
      throw error;
    } finally {
      linked.dispose();
      enough.dispose();
    }
  }

  dispose(): Promise<void> {
    return Promise.resolve();
  }
}

/** Pictures travel as files, which are there as long as the work goes on. Editors know no system messages: those are the user's. */
async function withFiles<T>(messages: readonly BackendMessage[], work: (messages: EditorMessage[]) => Promise<T>): Promise<T> {
  const hasPictures = messages.some(({ parts }) => parts.some((part) => typeof part !== 'string'));
  const folder = hasPictures ? await mkdtemp(join(tmpdir(), 'videochat-frames-')) : '';
  try {
    let count = 0;
    const sent: EditorMessage[] = [];
    for (const { role, parts } of messages) {
      const written: EditorPart[] = [];
      for (const part of parts) {
        if (typeof part === 'string') {
          written.push({ text: part });
          continue;
        }
        const path = join(folder, `${String(count++).padStart(3, '0')}.jpg`);
        await writeFile(path, part.data, { mode: 0o600 });
        written.push({ image: { path, mimeType: part.mimeType } });
      }
      sent.push({ role: role === 'assistant' ? 'assistant' : 'user', parts: written });
    }
    return await work(sent);
  } finally {
    if (hasPictures) {
      await rm(folder, { recursive: true, force: true });
    }
  }
}
