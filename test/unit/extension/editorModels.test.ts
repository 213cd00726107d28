import { describe, expect, it } from 'vitest';
import { answerForServer } from '../../../extension/remote/answerForServer.js';
import type { EditorApi, EditorModel, EditorToken } from '../../../extension/remote/editorApi.js';
import { toRemoteModels } from '../../../extension/remote/remoteModels.js';
import { english } from '../../../extension/translate.js';
import { cancellationSource } from '../../../server/common/cancellation.js';
import { type EditorCompleteParams, ErrorCode, VideoChatError } from '../../../server/protocol/index.js';

/** The editor's language models, as far as they are used: says what it is told to say, and keeps what it was asked. */
class FakeEditor implements EditorApi {
  allowed: boolean | undefined = true;
  pieces: string[] = ['A red', ' ball.'];
  failure: Error | undefined;
  asked: { messages: unknown[]; options: unknown }[] = [];
  models: Pick<EditorModel, 'id' | 'vendor' | 'family' | 'name'>[] = [{ id: 'm1', vendor: 'acme', family: 'seer', name: 'Seer' }];
  imagePart: EditorApi['imagePart'] = (data, mimeType) => ({ data: Buffer.from(data).toString(), mimeType });

  async selectModels(selector: { vendor?: string; family?: string; id?: string }): Promise<EditorModel[]> {
    const fits = (model: Record<string, unknown>): boolean => Object.entries(selector).every(([name, value]) => model[name] === value);
    return this.models.filter(fits).map((model) => ({
      ...model,
      maxInputTokens: 1000,
      sendRequest: async (messages: unknown[], options: unknown) => {
        this.asked.push({ messages, options });
        if (this.failure) {
          throw this.failure;
        }
        return { text: this.stream() };
      },
    }));
  }
  mayUse(): boolean | undefined {
    return this.allowed;
  }
  message(role: 'user' | 'assistant', parts: unknown[]): unknown {
    return { role, parts };
  }
  textPart(text: string): unknown {
    return text;
  }
  async readFile(path: string): Promise<Uint8Array> {
    return Buffer.from(`bytes of ${path}`);
  }
  private async *stream(): AsyncGenerator<string> {
    yield* this.pieces;
  }
}

const question: EditorCompleteParams = {
  model: { vendor: 'acme', id: 'm1' },
  messages: [
    { role: 'user', parts: [{ text: 'Frame at 0.5 s:' }, { image: { path: '/tmp/0.jpg', mimeType: 'image/jpeg' } }, { text: 'What is it?' }] },
    { role: 'assistant', parts: [{ text: 'A ball.' }] },
    { role: 'user', parts: [{ text: 'Which colour?' }] },
  ],
  sampling: { temperature: 0, maxTokens: 50 },
  progressToken: 'a',
};

const never = cancellationSource().token as EditorToken;

async function codeOf(editor: FakeEditor, token = never): Promise<string> {
  try {
    await answerForServer(editor, question, token, () => undefined, english);
  } catch (error) {
    expect(error).toBeInstanceOf(VideoChatError);
    const { code } = error as VideoChatError;
    return Object.entries(ErrorCode).find(([, value]) => value === code)?.[0] ?? '';
  }
  return 'answered';
}

/** As the editor throws them. */
function editorError(code: string, message: string, cause?: Error): Error {
  return Object.assign(new Error(message, cause ? { cause } : {}), { code, name: 'LanguageModelError' });
}

describe('a language model of the editor', () => {
  it('is sent texts and pictures in their order, and streams its answer', async () => {
    const editor = new FakeEditor();
    const pieces: string[] = [];
    const answer = await answerForServer(editor, question, never, ({ text }) => pieces.push(text), english);
    expect(answer).toEqual({ text: 'A red ball.', stopReason: 'stop' });
    expect(pieces).toEqual(['A red', ' ball.']);
    expect(editor.asked).toEqual([
      {
        messages: [
          { role: 'user', parts: ['Frame at 0.5 s:', { data: 'bytes of /tmp/0.jpg', mimeType: 'image/jpeg' }, 'What is it?'] },
          { role: 'assistant', parts: ['A ball.'] },
          { role: 'user', parts: ['Which colour?'] },
        ],
        options: { justification: 'VideoChat answers questions about videos with it.', modelOptions: { temperature: 0, max_tokens: 50 } },
      },
    ]);
  });

  it('is asked only with the consent that a command has got', async () => {
    const editor = new FakeEditor();
    for (const allowed of [undefined, false]) {
      editor.allowed = allowed;
      expect(await codeOf(editor)).toBe('EditorRefused');
    }
    expect(editor.asked).toEqual([]);
  });

  it('that is gone, blocked, used up, too small or blind says so with a code', async () => {
    const editor = new FakeEditor();
    const cases: [Error, string][] = [
      [editorError('NoPermissions', 'no access'), 'EditorRefused'],
      [editorError('Blocked', 'blocked'), 'EditorBlocked'],
      [editorError('Blocked', 'You have exceeded your monthly quota'), 'EndpointBusy'],
      [editorError('', 'Request failed', new Error('429 Too Many Requests')), 'EndpointBusy'],
      [editorError('NotFound', 'gone'), 'EndpointModelUnknown'],
      [editorError('', 'Response contained no choices', new Error('off_topic')), 'EditorBlocked'],
      [editorError('', 'image content is not supported'), 'ImagesRefused'],
      [editorError('', 'Message exceeds token limit.'), 'ContextOverflow'],
      [new Error('anything'), 'EndpointFailed'],
    ];
    for (const [failure, code] of cases) {
      editor.failure = failure;
      expect(await codeOf(editor), failure.message).toBe(code);
    }
    editor.failure = undefined;
    editor.imagePart = undefined;
    expect(await codeOf(editor)).toBe('ImagesRefused');
    editor.models = [];
    expect(await codeOf(editor)).toBe('EndpointModelUnknown');
  });

  it('is never one of our own, which would ask us again', async () => {
    const editor = new FakeEditor();
    editor.models = [
      { id: 'mini', vendor: 'videochat', family: 'seer', name: 'Ours' },
      { id: 'm2', vendor: 'acme', family: 'seer', name: 'Seer 2' },
    ];
    await answerForServer(editor, { ...question, model: { family: 'seer' } }, never, () => undefined, english);
    expect(editor.asked).toHaveLength(1);
    editor.models = editor.models.slice(0, 1);
    await expect(answerForServer(editor, { ...question, model: {} }, never, () => undefined, english)).rejects.toThrow('no language model');
  });

  it('stops when the question is cancelled', async () => {
    const editor = new FakeEditor();
    const source = cancellationSource();
    source.cancel();
    expect(await codeOf(editor, source.token as EditorToken)).toBe('RequestCancelled');
  });
});

describe('models that answer elsewhere, as the server is told of them', () => {
  it('are those of the settings, with keys of the secret storage', async () => {
    const endpoints = [
      { id: 'box', url: 'http://127.0.0.1:8080/v1', model: 'qwen', images: 'frames' as const, concurrency: 8 },
      { id: 'box', url: 'http://127.0.0.1:1/v1' },
    ];
    const editorModels = [{ vendor: 'acme', family: 'seer', id: 'acme/seer 2', name: 'Seer', images: 'none' as const, contextLength: 9000 }];
    const keys = { get: async (id: string) => (id === 'box' ? 'sk-1' : undefined) };
    const llamaServer = { path: '/opt/llama-server', models: [{ id: 'llama', name: 'Llama', file: '/m/a.gguf', projector: '/m/mmproj.gguf', gpuLayers: 9 }, { id: 'plain', name: 'Plain', file: '/m/b.gguf' }] };
    expect(await toRemoteModels({ endpoints, editorModels, llamaServer }, keys)).toEqual([
      { id: 'box', name: 'qwen', backend: { kind: 'openai', endpoint: 'http://127.0.0.1:8080/v1', model: 'qwen', images: 'frames', concurrency: 8 }, apiKey: 'sk-1' },
      { id: 'editor.acme.acme-seer-2', name: 'Seer', backend: { kind: 'editor', vendor: 'acme', family: 'seer', model: 'acme/seer 2', images: 'none', contextLength: 9000 } },
      { id: 'llama', name: 'Llama', backend: { kind: 'llama-server', file: '/m/a.gguf', gpuLayers: 9, images: 'frames', program: '/opt/llama-server', projector: '/m/mmproj.gguf' } },
      { id: 'plain', name: 'Plain', backend: { kind: 'llama-server', file: '/m/b.gguf', images: 'none', program: '/opt/llama-server' } },
    ]);
  });
});
