import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { silentLogger } from '../../../server/common/logger.js';
import { chooseModel } from '../../../server/client/chooseModel.js';
import { discoverModels, readManifest } from '../../../server/models/discoverModels.js';
import { contrastOf, dualEncoderJsonSchema, type DualEncoderManifest, leastOf, parseDualEncoderManifest, promptFor } from '../../../server/models/dualEncoderManifest.js';
import { ErrorCode, type ModelInfo, VideoChatError } from '../../../server/protocol/index.js';
import { installTinyDualEncoder, tinyDualEncoderManifest } from '../../fixtures/tinyDualEncoder.js';

type Retrieval = DualEncoderManifest['retrieval'];
const clip = tinyDualEncoderManifest('clip');
const changed = (change: Partial<Retrieval>): object => ({ ...clip, retrieval: { ...clip.retrieval, ...change } });
const refusal = (value: unknown): string => {
  try {
    parseDualEncoderManifest(value, 'test');
    return 'accepted';
  } catch (error) {
    return error instanceof VideoChatError && error.code === ErrorCode.ManifestInvalid ? error.message : String(error);
  }
};

describe('the manifest of a dual encoder', () => {
  const { picture, text, score } = clip.retrieval;
  it.each<[string, object, string]>([
    ['an unknown field', { ...clip, encoder: {} }, 'encoder'],
    ['abilities besides', { ...clip, abilities: ['retrieval', 'chat'] }, 'abilities'],
    ['no pair', { ...clip, retrieval: undefined }, 'retrieval'],
    ['a file that is not there', changed({ picture: { ...picture, file: 'eyes' } }), 'retrieval.picture.file'],
    ['a tokeniser that is not there', changed({ text: { ...text, tokenizer: 'words' } }), 'retrieval.text.tokenizer'],
    ['a companion that is not there', { ...clip, files: { ...clip.files, vision: { ...clip.files['vision'], companions: ['weights'] } } }, 'weights'],
    ['a prompt without the question', changed({ text: { ...text, prompt: 'a photo' } }), 'retrieval.text.prompt'],
    ['a prompt with it twice', changed({ text: { ...text, prompt: '{{ query }} {{query}}' } }), 'retrieval.text.prompt'],
    ['two ways to be sure', changed({ score: { ...score, bias: -3, contrast: ['a photo'] } }), 'retrieval.score.contrast'],
    ['an impossible width', changed({ width: 0 }), 'retrieval.width'],
    ['a deviation of nothing', changed({ picture: { ...picture, preprocess: { ...picture.preprocess, std: [0, 1, 1] } } }), 'std'],
    ['a path outside', { ...clip, files: { ...clip.files, text: { ...clip.files['text'], path: '../text.onnx' } } }, 'files.text.path'],
  ])('is refused for %s', (_, manifest, where) => {
    expect(refusal(manifest)).toContain(where);
  });

  it('says what a question is put into, and what hits are measured by', () => {
    const asks = (prompt: string): string => promptFor('$& {{ query }}', parseDualEncoderManifest(changed({ text: { ...text, prompt } }), 'test'));
    expect(asks('a photo of {{query}}.')).toBe('a photo of $& {{ query }}.');
    expect(promptFor('red', clip)).toBe('red');
    const siglip = tinyDualEncoderManifest('siglip');
    expect([contrastOf(clip).length > 0, contrastOf(siglip)]).toEqual([true, []]);
    expect([leastOf(clip), leastOf(siglip), leastOf(parseDualEncoderManifest(changed({ score: { scale: 1, least: 0.9 } }), 'test'))]).toEqual([0.5, 0.01, 0.9]);
  });

  it('is as models/dualEncoder.schema.json has it', async () => {
    const file = await readFile(new URL('../../../models/dualEncoder.schema.json', import.meta.url), 'utf8');
    expect(JSON.parse(file)).toEqual(dualEncoderJsonSchema());
  });
});

describe('a dual encoder among models', () => {
  it('is found, and is none that answers', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'videochat-test-'));
    try {
      const place = installTinyDualEncoder(folder);
      expect(await discoverModels([folder], silentLogger)).toEqual([{ id: 'tiny-clip', folder: place, dualEncoder: clip, manifestHash: expect.stringMatching(/^[0-9a-f]{64}$/) }]);
      await expect(readManifest(place)).rejects.toMatchObject({ code: ErrorCode.ManifestInvalid });
      await writeFile(join(place, 'manifest.json'), JSON.stringify(changed({ width: 1 })));
      const [broken] = await discoverModels([folder], silentLogger);
      expect(broken).not.toHaveProperty('dualEncoder');
      expect(String(broken?.problem)).toContain('retrieval.width');
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it('is never chosen to answer, unless it is named', () => {
    const model = (id: string, abilities: ModelInfo['abilities'], demonstration = false): ModelInfo => ({ id, name: id, description: '', version: '1', licence: 'MIT', abilities, demonstration, plan: '', bytes: 1, state: 'unloaded' });
    const models = [model('clip', ['retrieval']), model('mini', ['chat'], true)];
    expect(chooseModel(models, undefined)?.id).toBe('mini');
    expect(chooseModel(models.slice(0, 1), undefined)).toBeUndefined();
    expect(chooseModel(models, 'clip')?.id).toBe('clip');
  });
});
