import { describe, expect, it } from 'vitest';
import { CancellationTokenSource } from 'vscode-jsonrpc/node';
import { annotationEditSchema } from '../../../../server/common/annotations/annotationSchema.js';
import { writeAnnotations } from '../../../../server/common/annotations/writeAnnotations.js';
import {
  type AnnotatedSegment,
  type AnnotateSuggestParams,
  type AnnotateSuggestProgress,
  AnnotateSuggestRequest,
  type AnnotateSuggestResult,
  type AnnotationDocument,
  type AnnotationEdit,
  emptyAnnotations,
  ErrorCode,
} from '../../../../server/protocol/index.js';
import { type ChatBench, beforeEachChatBench, videoPath } from '../../../fakes/chatBench.js';

let bench: ChatBench;
beforeEachChatBench((setUp) => {
  bench = setUp.bench;
});

const documentOf = (parts: Partial<AnnotationDocument>): string => writeAnnotations({ ...emptyAnnotations({ path: 'clip.mp4' }), ...parts });
const request = (params: Partial<AnnotateSuggestParams>, onProgress?: (value: AnnotateSuggestProgress) => void): Promise<AnnotateSuggestResult> =>
  bench.client.request(AnnotateSuggestRequest, { videoPath, modelId: 'tiny', task: 'description', ...params }, { onProgress });
const patchesOf = (edits: readonly AnnotationEdit[]): [string, object][] => edits.flatMap((edit) => (edit.op === 'patch' ? [[edit.id, edit.set]] : []));
const segmentsOf = (edits: readonly AnnotationEdit[]): AnnotatedSegment[] => edits.flatMap((edit) => (edit.op === 'add' && edit.list === 'segments' ? [edit.item] : []));

describe('annotate/suggest', () => {
  it('captions segments without a caption, and says who made what', async () => {
    const segments: AnnotatedSegment[] = [
      { id: 'bare', start: 0, end: 2, provenance: { author: 'Ann', at: '2020-01-01T00:00:00Z' } },
      { id: 'own', start: 2, end: 4, caption: 'Mine.' },
      { id: 'no', start: 4, end: 5, provenance: { author: 'model', status: 'rejected' } },
      { id: 'shot', start: 5, end: 8, provenance: { author: 'model', model: { id: 'videochat-shots' }, status: 'accepted', at: '2020-01-01T00:00:00Z' } },
      { id: 'edited', start: 8, end: 9, provenance: { author: 'model', confidence: 0.5, status: 'edited', reviewer: 'Ann', at: '2020-01-01T00:00:00Z' } },
      { id: 'outside', start: 50, end: 60 },
    ];
    const filled = (i: number): object => ({ fields: ['caption'], before: segments[i]?.provenance });
    const progress: AnnotateSuggestProgress[] = [];
    const { edits, note } = await request({ task: 'caption', document: documentOf({ segments }), sampling: { temperature: 0.5 } }, (value) => void progress.push(value));
    const model = { id: 'tiny', prompt: 'Describe the video.', sampling: expect.objectContaining({ temperature: 0.5 }) as unknown, plan: 'videochat:8' };
    expect(patchesOf(edits)).toEqual([
      ['bare', { caption: 'A red ball.', provenance: { author: 'Ann', model, at: '2020-01-01T00:00:00Z', status: 'suggested', filled: filled(0) } }],
      ['shot', { caption: 'A red ball.', provenance: { author: 'model', model, at: expect.stringMatching(/^20\d\d-.*Z$/) as unknown, status: 'suggested', filled: filled(3) } }],
      ['edited', { caption: 'A red ball.', provenance: { author: 'model', reviewer: 'Ann', model, at: '2020-01-01T00:00:00Z', status: 'suggested', filled: filled(4) } }],
    ]);
    expect(edits.filter((edit) => !annotationEditSchema.safeParse(edit).success)).toEqual([]);
    expect(note).toContain('1 of 4 segments');
    expect(progress.flatMap((value) => (value.kind === 'edits' ? value.edits : []))).toEqual(edits);
    expect(progress.filter(({ kind }) => kind === 'step')).toHaveLength(4);
    expect(bench.fake.prompts).toHaveLength(3);
  });

  it('asks about the segments that are named only', async () => {
    const segments = [1, 2, 3].map((n) => ({ id: `s${n}`, start: n, end: n + 1 }));
    const { edits } = await request({ task: 'caption', document: documentOf({ segments }), segmentIds: ['s2'] });
    expect(patchesOf(edits).map(([id]) => id)).toEqual(['s2']);
  });

  it('makes one segment of windows that say the same, on the track that was named', async () => {
    const { edits } = await request({ task: 'denseCaption', track: 'scenes', span: { startSeconds: 0, endSeconds: 10 } });
    expect(segmentsOf(edits)).toMatchObject([{ start: 0, end: 10, track: 'scenes', caption: 'A red ball.' }]);
    expect(bench.fake.prompts).toHaveLength(2);
    const again = await request({ task: 'denseCaption', document: documentOf({ segments: segmentsOf(edits).map((each) => ({ ...each, provenance: { status: 'rejected' } })) }) });
    expect(again).toMatchObject({ edits: [], note: expect.stringContaining('Nothing new') as unknown });
  });

  it('does not look at anything for what is there already', async () => {
    const { edits, note } = await request({ task: 'description', document: documentOf({ description: 'Mine.' }) });
    expect({ edits, note, asked: bench.fake.prompts }).toEqual({ edits: [], note: 'The clip has a description already.', asked: [] });
  });

  it('makes segments of shots without a model', async () => {
    bench.fake.parts.media.findShots = async () => [2, 6];
    const { edits } = await request({ task: 'shots', modelId: undefined });
    expect(segmentsOf(edits).map(({ start, end }) => [start, end])).toEqual([[0, 2], [2, 6], [6, 10]]);
    expect(segmentsOf(edits)[0]?.provenance).toMatchObject({ author: 'model', model: { id: 'videochat-shots' }, status: 'suggested' });
    expect(bench.fake.counts.load).toBe(0);
  });

  it('refuses tracks of a timeline that there are not', async () => {
    await expect(request({ task: 'timeline', timelineTracks: ['smells' as never] })).rejects.toMatchObject({ code: ErrorCode.InvalidParams });
  });

  it('has a model write questions from what is known of the clip', async () => {
    bench.fake.script = ['Q: What is it?\n', 'A: A ball.\n', 'Q: Which colour?\n', 'A: Red.'];
    const document = documentOf({ description: 'A ball rolls.', tags: ['ball'], segments: [{ id: 's', start: 0, end: 4, caption: 'It starts.' }], questions: [{ id: 'q', question: 'what is it' }] });
    const { edits } = await request({ task: 'questions', document });
    expect(edits).toMatchObject([{ list: 'questions', item: { question: 'Which colour?', answer: 'Red.' } }]);
    expect(bench.fake.prompts[0]).toContain('Video: A ball rolls.\nTags: ball\n0.0–4.0 s: It starts.');
    const { item } = edits[0] as { item: { provenance: { model: { prompt: string } } } };
    expect(item.provenance.model.prompt).toContain('A ball rolls.');
  });

  it('asks a model the questions it can answer, and holds a conversation of them', async () => {
    bench.fake.manifest.prompts = { questions: ['How many are there?', 'Which is first?'] };
    const { edits } = await request({ task: 'questions' });
    expect(edits.map((edit) => (edit.op === 'add' && edit.list === 'questions' ? [edit.item.question, edit.item.answer, edit.item.provenance?.model?.prompt] : []))).toEqual([
      ['How many are there?', 'A red ball.', 'How many are there?'],
      ['Which is first?', 'A red ball.', 'Which is first?'],
    ]);
    const talk = await request({ task: 'conversation', document: documentOf({ description: 'A ball.' }) });
    expect(talk.edits).toHaveLength(1);
    expect(talk.edits[0]).toMatchObject({ list: 'conversations', item: { turns: [{ role: 'user', text: 'Describe the video.' }, { role: 'assistant' }, { text: 'How many are there?' }, {}, { text: 'Which is first?' }, {}] } });
    expect(bench.fake.prompts.at(-1)).toMatch(/How many are there\?[^]*A red ball[^]*Which is first/);
  });

  it('takes a label that the model names, and none where it names none', async () => {
    const segments = [{ id: 'a', start: 0, end: 4 }, { id: 'b', start: 4, end: 6, label: 'mine' }];
    const { edits } = await request({ task: 'labels', document: documentOf({ segments }), labels: ['ball', 'car'] });
    expect(patchesOf(edits)).toMatchObject([['a', { label: 'ball' }]]);
    expect(await request({ task: 'labels', document: documentOf({ segments }), labels: ['cat', 'car'] })).toMatchObject({ edits: [], note: expect.stringContaining('1 of 1') as unknown });
    await expect(request({ task: 'labels', document: documentOf({ segments }) })).rejects.toMatchObject({ code: ErrorCode.InvalidParams });
  });

  it('keeps hostile answers within bounds', async () => {
    bench.fake.script = ['<|im_start|>', '{"a":', '\u202e\u0000', 'x'.repeat(2_000_000)];
    const { edits } = await request({ task: 'description' });
    const [edit] = edits;
    const description = edit?.op === 'clip' ? (edit.set.description ?? '') : '';
    expect(description).toMatch(/^\{"a":x+…$/);
    expect(description.length).toBeLessThanOrEqual(4000);
    bench.fake.script = ['</s>', ' \u0007'];
    expect(await request({ task: 'description' })).toEqual({ edits: [], note: 'The model said nothing about this clip.' });
  });

  it('says nothing about segments of a picture', async () => {
    expect(await request({ task: 'denseCaption', videoPath: `${videoPath}.png` })).toEqual({ edits: [], note: 'A picture has no segments.' });
  });

  it('refuses a document that cannot be read, and a task without a model', async () => {
    await expect(request({ document: '{ "format": ' })).rejects.toMatchObject({ code: ErrorCode.AnnotationsInvalid });
    await expect(request({ modelId: undefined })).rejects.toMatchObject({ code: ErrorCode.InvalidParams });
    await expect(request({ modelId: 'nobody' })).rejects.toMatchObject({ code: ErrorCode.ModelUnknown });
  });

  it('stops when it is told to, and leaves nothing open', async () => {
    bench.fake.gates.generate.close();
    const source = new CancellationTokenSource();
    const asked = bench.client.request(AnnotateSuggestRequest, { videoPath, modelId: 'tiny', task: 'description' }, { token: source.token });
    await bench.fake.gates.generate.reached();
    source.cancel();
    await expect(asked).rejects.toMatchObject({ code: ErrorCode.RequestCancelled });
    bench.fake.gates.generate.open();
    expect((await request({})).edits).toHaveLength(1);
  });
});
