import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { canSee, manifestJsonSchema, mediaLimitsOf, parseManifest } from '../../../server/models/manifest.js';
import { checkPrompt } from '../../../server/models/prompt.js';
import { ErrorCode, VideoChatError } from '../../../server/protocol/index.js';
import { tinyManifest } from '../../fixtures/tinyEncoder.js';

const content = Buffer.from('x');
const valid = (): ReturnType<typeof tinyManifest> =>
  tinyManifest({
    'vision-fp32': { path: 'vision/a.onnx', content },
    'language-f16': { path: 'language.gguf', content },
  });

function problemOf(value: unknown): string {
  try {
    parseManifest(value, 'manifest.json');
  } catch (error) {
    expect(error).toBeInstanceOf(VideoChatError);
    expect((error as VideoChatError).code).toBe(ErrorCode.ManifestInvalid);
    expect((error as VideoChatError).data.hint).toBeTruthy();
    return (error as VideoChatError).message;
  }
  throw new Error('accepted');
}

const audio = {
  variants: { fp32: 'vision-fp32' },
  default: 'fp32',
  input: { name: 'samples', sampleRate: 16_000, clips: 8, seconds: 2 },
  output: { name: 'embeddings', rows: 8, width: 32 },
};

/** A manifest whose pictures are cut into tiles, and what is wrong with it. */
function tiled(manifest: ReturnType<typeof valid>, output: object = {}, prompt: object = {}, image: object = {}): unknown {
  const { rows: _, ...rest } = manifest.encoder.output;
  const { width } = manifest.preprocess.image;
  return {
    ...manifest,
    preprocess: { ...manifest.preprocess, image: { ...manifest.preprocess.image, tiles: { longestEdge: 4 * width }, ...image } },
    encoder: { ...manifest.encoder, output: { ...rest, ...('rows' in output ? output : { rowsPerFrame: 4 }) } },
    prompt: {
      ...manifest.prompt,
      imageMessage: '{% for row in tiles %}{% for tile in row %}<T>{% endfor %}{% endfor %}<ImageHere>',
      placeholders: { ...manifest.prompt.placeholders, tile: '<T>' },
      ...prompt,
    },
  };
}

describe('parseManifest', () => {
  it('accepts a whole manifest', () => {
    expect(parseManifest(valid(), 'm').files['vision-fp32']?.path).toBe('vision/a.onnx');
  });

  it.each([
    '../a.onnx',
    'a/../../b.onnx',
    '/etc/passwd',
    'a\\b.onnx',
    'C:/a.onnx',
    './a.onnx',
    'a//b.onnx',
    'a/',
    '',
    'a\u0000b',
    'file:a',
  ])('refuses the path %j', (path) => {
    const manifest = valid();
    manifest.files['vision-fp32'] = { path, bytes: 1, sha256: '0'.repeat(64) };
    expect(problemOf(manifest)).toContain('"files.vision-fp32.path"');
  });

  it.each(['a.onnx', 'a/b/c.onnx', '..a/b..onnx', 'naïve name.onnx', '...'])('accepts the path %j', (path) => {
    const manifest = valid();
    manifest.files['vision-fp32'] = { path, bytes: 1, sha256: '0'.repeat(64) };
    expect(() => parseManifest(manifest, 'm')).not.toThrow();
  });

  const broken: [string, (m: ReturnType<typeof valid>) => unknown, string][] = [
    ['an unknown field', (m) => ({ ...m, architecture: 'llama' }), '"architecture" is not a known field'],
    [
      'an unknown nested field',
      (m) => ({ ...m, encoder: { ...m.encoder, output: { ...m.encoder.output, dims: 3 } } }),
      '"encoder.output.dims" is not a known field',
    ],
    ['a missing section', ({ prompt: _, ...m }) => m, '"prompt"'],
    ['another version', (m) => ({ ...m, schemaVersion: 2 }), '"schemaVersion"'],
    ['a hash with capitals', (m) => ((m.files['language-f16'] = { path: 'a', bytes: 1, sha256: 'A'.repeat(64) }), m), 'sha256'],
    ['an empty file', (m) => ((m.files['language-f16'] = { path: 'a', bytes: 0, sha256: 'a'.repeat(64) }), m), 'bytes'],
    ['a variant without file', (m) => ((m.encoder.variants['int8'] = 'vision-int8'), m), '"encoder.variants.int8"'],
    ['a variant named like an Object member', (m) => ((m.encoder.default = 'toString'), m), '"encoder.default"'],
    ['a companion without file', (m) => ((m.files['vision-fp32']!.companions = ['data']), m), 'companions'],
    ['two sizes', (m) => ((m.preprocess.image.width = 32), m), '"preprocess.image"'],
    ['a zero std', (m) => ((m.preprocess.std = [0, 1, 1]), m), '"preprocess.std.0"'],
    ['too many frames', (m) => ((m.preprocess.maxFrames = 129), m), '"preprocess.maxFrames"'],
    [
      'no placeholder',
      (m) => ({ ...m, prompt: { ...m.prompt, videoMessage: '<Video></Video>' } }),
      '"prompt.videoMessage"',
    ],
    [
      'images without a message',
      (m) => ({ ...m, prompt: { ...m.prompt, imageMessage: undefined } }),
      '"prompt.imageMessage"',
    ],
    ['more videos than media', (m) => ({ ...m, media: { most: 2, videos: 3 } }), '"media"'],
    ['no media at all', (m) => ({ ...m, media: { most: 0 } }), '"media.most"'],
    ['pictures for a model that sees none', (m) => ({ ...m, abilities: ['chat'], media: { most: 2, images: 2 } }), '"media.images"'],
    ['media that fill the context', (m) => ({ ...m, media: { most: 16 }, language: { ...m.language, contextLength: 512 } }), '"media.most"'],
    ['an unknown ability', (m) => ({ ...m, abilities: ['telepathy'] }), '"abilities.0"'],
    ['an empty stop text', (m) => ({ ...m, stop: { ...m.stop, texts: [''] } }), '"stop.texts.0"'],
    ['an endless answer', (m) => ({ ...m, sampling: { maxTokens: 1e9 } }), '"sampling.maxTokens"'],
    ['a section for timelines without the ability', (m) => ({ ...m, timeline: {} }), '"timeline"'],
    [
      'weights for timelines without file',
      (m) => ({ ...m, abilities: ['chat', 'timeline'], timeline: { language: { variants: { f16: 'gone' }, default: 'f16', contextLength: 512 } } }),
      '"timeline.language.variants.f16"',
    ],
    ['an encoder without preprocessing', ({ preprocess: _, ...m }) => m, '"preprocess"'],
    ['an encoder without a plan', ({ framePlan: _, ...m }) => m, '"framePlan"'],
    ['an encoder without a message for it', (m) => ({ ...m, prompt: { template: '{{ messages }}' } }), '"prompt.videoMessage"'],
    ['abilities that need an encoder', ({ encoder: _, preprocess: __, framePlan: ___, ...m }) => m, '"abilities"'],
    ['a plan without an encoder', ({ encoder: _, ...m }) => ({ ...m, abilities: ['timeline'] }), '"framePlan"'],
    ['an output without rows', (m) => (delete m.encoder.output.rows, m), '"encoder.output"'],
    ['rows in two ways', (m) => ((m.encoder.output.rowsPerFrame = 1), m), '"encoder.output"'],
    ['rows by frame without any', (m) => ({ ...m, prompt: { ...m.prompt, placeholders: { frame: '<VideoHere>', image: '<ImageHere>' } } }), '"prompt.placeholders.frame"'],
    ['a clip with two placeholders', (m) => ({ ...m, prompt: { ...m.prompt, placeholders: { ...m.prompt.placeholders, frame: '<F>' } } }), '"prompt.placeholders"'],
    ['a mask for another layout', (m) => ((m.encoder.input = { ...m.encoder.input, layout: 'TCHW', mask: 'mask' }), m), '"encoder.input.mask"'],
    [
      'a graph for pictures without file',
      (m) => ((m.encoder.image = { variants: { fp32: 'gone' }, default: 'fp32', output: { name: 'o', rows: 1, width: 32 } }), m),
      '"encoder.image.variants.fp32"',
    ],
    ['questions that lose what is shown', (m) => ({ ...m, prompt: { ...m.prompt, visuals: 'question' } }), '"prompt.questionMessage"'],
    ['tiles without rows for each', (m) => tiled(m, { rows: 96 }), '"preprocess.image.tiles" needs encoder.output.rowsPerFrame'],
    ['tiles without a place in the prompt', (m) => tiled(m, {}, { placeholders: { video: '<VideoHere>', image: '<ImageHere>' } }), '"prompt.placeholders"'],
    ['tiles behind the whole picture', (m) => tiled(m, {}, { imageMessage: '<ImageHere>{% for r in tiles %}<T>{% endfor %}' }), '"prompt.imageMessage"'],
    ['tiles that are made in floats', (m) => tiled(m, {}, {}, { resample: 'linear' }), '"preprocess.image.tiles"'],
    ['tiles longer than the picture', (m) => tiled(m, {}, {}, { tiles: { longestEdge: 1 } }), '"preprocess.image.tiles.longestEdge"'],
    ['tiles without an end', (m) => tiled(m, {}, {}, { tiles: { longestEdge: 1e9 } }), '"preprocess.image.tiles.longestEdge"'],
    ['a tile in the prompt of one that has none', (m) => ({ ...m, prompt: { ...m.prompt, placeholders: { ...m.prompt.placeholders, tile: '<T>' } } }), '"prompt.placeholders.tile"'],
    ['ears without the ability', (m) => ({ ...m, audio }), '"audio"'],
    ['ears without a placeholder', (m) => ({ ...m, abilities: ['chat', 'image', 'audio'], audio }), '"audio"'],
    ['a list', () => [], '"manifest"'],
    ['null', () => null, '"manifest"'],
  ];
  it.each(broken)('refuses %s', (_, change, expected) => {
    expect(problemOf(change(valid()))).toContain(expected);
  });

  it('accepts a model that is shown pictures in tiles', () => {
    const manifest = parseManifest(tiled(valid()), 'm');
    expect(manifest.preprocess?.image.tiles).toEqual({ longestEdge: 4 * valid().preprocess.image.width });
    expect(() => checkPrompt(manifest)).not.toThrow();
    const repeated = tiled(valid(), {}, { imageMessage: '{% for row in tiles %}{% for tile in row %}<T>{% if loop.index > 2 %}{{ "<ImageHere>" }}{% endif %}{% endfor %}{% endfor %}' });
    expect(() => checkPrompt(parseManifest(repeated, 'm'))).toThrow(/shows \d+ visuals where \d+ were given/);
  });

  it('accepts a model of texts alone', () => {
    const { encoder: _, preprocess: __, framePlan: ___, ...m } = valid();
    const manifest = parseManifest({ ...m, abilities: ['timeline'], prompt: { template: '{{ messages[0].content }}' } }, 'm');
    expect(canSee(manifest)).toBe(false);
    expect(canSee(parseManifest(valid(), 'm'))).toBe(true);
  });

  it('takes one clip or picture, unless it says how many', () => {
    expect(mediaLimitsOf(parseManifest(valid(), 'm'))).toEqual({ most: 1, videos: 1, images: 1 });
    const several = { ...valid(), media: { most: 3, videos: 1 } };
    expect(mediaLimitsOf(parseManifest(several, 'm'))).toEqual({ most: 3, videos: 1, images: 3 });
    const { imageMessage: _, ...prompt } = valid().prompt;
    expect(mediaLimitsOf(parseManifest({ ...several, abilities: ['chat'], prompt }, 'm')).images).toBe(0);
  });

  it('names at most three problems', () => {
    expect(problemOf({})).toMatch(/; and \d+ more\.$/);
  });
});

it('models/manifest.schema.json is what writeManifestSchema.mjs writes', async () => {
  const file = await readFile(new URL('../../../models/manifest.schema.json', import.meta.url), 'utf8');
  expect(JSON.parse(file)).toEqual(manifestJsonSchema());
});
