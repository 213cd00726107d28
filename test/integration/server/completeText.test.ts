import { appendFile, copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CancellationToken, CancellationTokenSource } from 'vscode-jsonrpc/node';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { completeText, textBudget } from '../../../server/engine/completeText.js';
import { createEngineParts } from '../../../server/engine/createEngineParts.js';
import { Engine } from '../../../server/engine/engine.js';
import type { ModelSlot } from '../../../server/engine/modelSlot.js';
import type { Manifest } from '../../../server/models/manifest.js';
import { ErrorCode } from '../../../server/protocol/index.js';
import { resolveSettings } from '../../../server/settings.js';
import { removeTemporaryFolders, sha256, temporaryFolder, writeManifest } from '../../fixtures/tinyEncoder.js';
import { tinyGguf } from '../../fixtures/tinyGguf.js';
import { tinyModelFolder } from './tinyModelFolder.js';

const none = CancellationToken.None;
const lane = { client: 'test', chat: 'test' };
const engines: Engine[] = [];
afterEach(() => Promise.all(engines.splice(0).map((engine) => engine.dispose())));
afterAll(removeTemporaryFolders);

async function slotOf(models: string, id = 'tiny'): Promise<{ engine: Engine; slot: ModelSlot }> {
  const settings = resolveSettings({ cacheFolder: await temporaryFolder(), modelFolders: [models], executionProvider: 'cpu', languageDevice: 'cpu', threads: 1 });
  const engine = new Engine(createEngineParts(), settings, { log: () => undefined });
  engines.push(engine);
  return { engine, slot: await engine.models.get(id) };
}

/** The tiny model with other weights for timelines. */
async function withReader(change?: (file: string) => Promise<void>): Promise<string> {
  const reader = tinyGguf({ width: 64, contextLength: 1024, seed: 9 });
  const models = await tinyModelFolder((manifest) => {
    manifest.abilities.push('timeline');
    manifest.files['timeline-f16'] = { path: 'timeline.gguf', bytes: reader.length, sha256: sha256(reader) };
    manifest.timeline = {
      language: { variants: { f16: 'timeline-f16' }, default: 'f16', contextLength: 1024 },
      prompt: { contextMessage: 'Notes: {{ context }}\n' },
      sampling: { maxTokens: 5 },
    };
  });
  const file = join(models, 'tiny', 'timeline.gguf');
  await writeFile(file, reader);
  await change?.(file);
  return models;
}

describe('completeText', () => {
  it('answers from text with the weights that read embeddings, where there are no others', async () => {
    const { engine, slot } = await slotOf(await tinyModelFolder((manifest) => manifest.abilities.push('timeline')));
    let streamed = '';
    const ask = (context: string): ReturnType<typeof completeText> =>
      completeText(engine, { slot, lane, context, question: 'What is red?', token: none, onText: (delta) => void (streamed += delta) });
    const first = await ask('a red ball');
    expect(first.generatedTokens).toBe(12);
    expect(streamed).toBe(first.text);
    expect(await ask('a red ball')).toEqual(first);
    expect((await ask('a red ball and it moves')).promptTokens).toBeGreaterThan(first.promptTokens);
    const { contextLength, countTokens } = await textBudget(engine, slot, none);
    expect(contextLength).toBe(2048);
    expect(countTokens('the red ball the red ball')).toBe(2 * countTokens('the red ball'));
    expect(slot.status(String)).not.toHaveProperty('timeline');
  });

  it('loads weights of its own beside the others when they are first needed', async () => {
    const { engine, slot } = await slotOf(await withReader());
    const lease = await slot.acquire();
    expect(slot.status(String)).not.toHaveProperty('timeline');
    const all = await Promise.all(['a', 'b'].map((question) => completeText(engine, { slot, lane, context: 'x', question, token: none })));
    expect(all.map(({ generatedTokens }) => generatedTokens)).toEqual([5, 5]);
    expect(slot.status(String)).toMatchObject({ timeline: { contextLength: 1024, variant: 'f16' }, language: { contextLength: 2048 } });
    expect((await textBudget(engine, slot, none)).contextLength).toBe(1024);
    lease.release();
    await slot.unload();
    expect(slot.state).toBe('unloaded');
  });

  it('keeps the other half usable when the weights for timelines are damaged', async () => {
    const { engine, slot } = await slotOf(await withReader((file) => appendFile(file, 'x')));
    const asked = completeText(engine, { slot, lane, question: 'q', token: none });
    await expect(asked).rejects.toMatchObject({ code: ErrorCode.ModelHashMismatch });
    expect(slot.state).toBe('ready');
  });

  it('says that a prompt does not fit, and that it was cancelled', async () => {
    const { engine, slot } = await slotOf(await withReader());
    const tooLong = completeText(engine, { slot, lane, context: 'z'.repeat(5000), question: 'q', token: none });
    await expect(tooLong).rejects.toMatchObject({ code: ErrorCode.ContextOverflow });
    const source = new CancellationTokenSource();
    const sampling = { maxTokens: 800 };
    const asked = completeText(engine, { slot, lane, question: 'q', sampling, token: source.token, onText: () => source.cancel() });
    await expect(asked).rejects.toMatchObject({ code: ErrorCode.RequestCancelled });
  });
});

it('takes a model of texts alone', async () => {
  const tiny = await tinyModelFolder();
  const models = await temporaryFolder();
  const language = tinyGguf({ width: 32, contextLength: 2048 });
  const manifest: Manifest = {
    schemaVersion: 1,
    id: 'texts',
    name: 'Texts',
    description: '',
    version: '1',
    licence: 'MIT',
    demonstration: false,
    abilities: ['timeline'],
    files: { f16: { path: 'language.gguf', bytes: language.length, sha256: sha256(language) } },
    language: { variants: { f16: 'f16' }, default: 'f16', contextLength: 2048 },
    prompt: { template: '{% for m in messages %}[{{ m.role }}]{{ m.content }}{% endfor %}' },
    stop: { texts: [], ids: [], trimAfter: [] },
    sampling: { temperature: 0, maxTokens: 4 },
  };
  await writeManifest(join(models, 'texts'), manifest);
  await copyFile(join(tiny, 'tiny', 'language.gguf'), join(models, 'texts', 'language.gguf'));
  const { engine, slot } = await slotOf(models, 'texts');
  const answer = await completeText(engine, { slot, lane, context: 'Second 0: a person.', question: 'Who is there?', token: none });
  expect(answer.generatedTokens).toBe(4);
  expect(slot.status(String)).not.toHaveProperty('vision');
  expect(slot.info(String)).toMatchObject({ abilities: ['timeline'], plan: '', bytes: language.length });
});
