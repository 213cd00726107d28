import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { VideoChatClient } from '../../../server/client/videoChatClient.js';
import { readAnnotations } from '../../../server/common/annotations/readAnnotations.js';
import { writeAnnotations } from '../../../server/common/annotations/writeAnnotations.js';
import { createEngineParts } from '../../../server/engine/createEngineParts.js';
import {
  type AnnotateSuggestParams,
  AnnotateSuggestRequest,
  type AnnotationDocument,
  applyAnnotationEdits,
  emptyAnnotations,
} from '../../../server/protocol/index.js';
import { sha256 } from '../../fixtures/tinyEncoder.js';
import { ServerInProcess } from '../../fakes/connectedPair.js';
import { makeClip } from '../../media/makeClip.js';
import { modelFolder, modelMissing } from './modelGoldens.js';
import { readFile } from 'node:fs/promises';

const modelId = 'videochat-mini';

/** The sample: a red circle moves right for 8 seconds, a blue square stands still from 2 to 6. */
describe.skipIf(modelMissing)(`suggestions of the shipped model (${modelMissing ?? 'real weights'})`, () => {
  let folder: string;
  let clip: string;
  let server: ServerInProcess;
  let client: VideoChatClient;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'videochat-test-'));
    clip = path.join(folder, 'sample.mp4');
    await copyFile(path.join(modelFolder, 'sample.mp4'), clip);
    const env = { VIDEOCHAT_PROVIDER: 'cpu', VIDEOCHAT_DEVICE: 'cpu', VIDEOCHAT_THREADS: '1' };
    server = new ServerInProcess(createEngineParts(), path.join(folder, 'cache'), env);
    client = await server.connect();
  }, 60_000);
  afterAll(async () => {
    await server.dispose();
    await rm(folder, { recursive: true, force: true });
  });

  /** A document as it would be saved after all suggestions, which it has to be able to hold. */
  const suggest = async (params: Partial<AnnotateSuggestParams>, before: AnnotationDocument = emptyAnnotations({ path: 'sample.mp4' })): Promise<AnnotationDocument> => {
    const { edits } = await client.request(AnnotateSuggestRequest, { videoPath: clip, task: 'description', modelId, document: writeAnnotations(before), ...params });
    const { document } = applyAnnotationEdits(before, edits);
    const read = readAnnotations(writeAnnotations(document ?? before));
    expect(read.problems).toBeUndefined();
    return read.document ?? before;
  };

  it('are captions that say colours and shapes, with the hash of the manifest', async () => {
    const { segments } = await suggest({ task: 'denseCaption' });
    expect(segments.map(({ start, end }) => [start, end])).toEqual([[0, 4], [4, 8]]);
    for (const { caption, provenance } of segments) {
      expect(caption).toMatch(/red circle/i);
      expect(caption).toMatch(/blue square/i);
      const manifest = sha256(await readFile(path.join(modelFolder, 'manifest.json')));
      expect(provenance).toMatchObject({ author: 'model', status: 'suggested', model: { id: modelId, manifest, plan: 'videochat:8', sampling: { temperature: 0 } } });
      expect(provenance?.confidence).toBeUndefined();
    }
  }, 120_000);

  it('look at the span they are about only', async () => {
    const before = { ...emptyAnnotations({ path: 'sample.mp4' }), segments: [{ id: 'alone', start: 0, end: 1.5 }] };
    const { segments } = await suggest({ task: 'caption' }, before);
    expect(segments[0]?.caption).toMatch(/red circle/i);
    expect(segments[0]?.caption).not.toMatch(/square/i);
  }, 120_000);

  it('are questions with true answers, and a conversation', async () => {
    const { questions } = await suggest({ task: 'questions' });
    expect(questions.map(({ question, answer }) => `${question} ${answer}`)).toEqual(
      expect.arrayContaining(['How many objects are there? There are two objects.', 'Which object appears first? The red circle appears first.']),
    );
    const { conversations, description } = await suggest({ task: 'conversation' });
    expect(description).toMatch(/red circle moves right/i);
    expect(conversations[0]?.turns.map(({ role }) => role)).toEqual(Array.from({ length: 5 }, () => ['user', 'assistant']).flat());
  }, 120_000);

  it('are labels where one fits', async () => {
    const before = { ...emptyAnnotations({ path: 'sample.mp4' }), segments: [{ id: 's', start: 0, end: 8 }] };
    const { segments } = await suggest({ task: 'labels', labels: ['yellow star', 'red circle', 'green cross'] }, before);
    expect(segments[0]).toMatchObject({ label: 'red circle', provenance: { status: 'suggested' } });
    expect((await suggest({ task: 'labels', labels: ['yellow star', 'cat'] }, before)).segments[0]?.label).toBeUndefined();
  }, 120_000);

  it('are nothing twice', async () => {
    const once = await suggest({ task: 'questions' });
    expect((await suggest({ task: 'questions' }, once)).questions).toEqual(once.questions);
  }, 120_000);

  it('are shots of a real clip without a model', async () => {
    const videoPath = await makeClip({ name: 'plain' });
    const { segments } = await suggest({ task: 'shots', videoPath, modelId: undefined });
    expect(segments.map(({ start, end }) => [start, end])).toEqual([[0, 4]]);
  }, 120_000);
});
