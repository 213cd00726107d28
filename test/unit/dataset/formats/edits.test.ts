import { describe, expect, it } from 'vitest';
import type { AnnotatedConversation, AnnotatedSegment } from '../../../../server/protocol/index.js';
import type { ExportPiece } from '../../../../server/dataset/formats/format.js';
import { formatNamed } from '../../../../server/dataset/formats/registry.js';
import { vtimellmHundredths } from '../../../../server/dataset/formats/vtimellmTokens.js';
import { passThrough, writePieces } from './passThrough.js';

const segment = (piece: ExportPiece | undefined, i: number): AnnotatedSegment => piece?.items[i]?.item as AnnotatedSegment;
const turns = (piece: ExportPiece | undefined): AnnotatedConversation['turns'] => (piece?.items[0]?.item as AnnotatedConversation).turns;
const parsed = (files: Map<string, string>): unknown => JSON.parse(files.get('') ?? '');
const conversation = (...texts: string[]): ExportPiece['items'][number] => ({
  list: 'conversations',
  item: { id: 'c-new', turns: texts.map((text, i) => ({ role: i % 2 === 0 ? 'user' : 'assistant', text })) },
});

describe('what an annotator changed stands in the export', () => {
  it('a text in a conversation, beside its tags and unknown fields', async () => {
    const file = '[{"id": "k", "video": "a.mp4", "conversations": [{"from": "human", "value": "What?\\n<video>", "weight": 1}, {"from": "gpt", "value": "A dog."}], "score": NaN}]';
    const { files } = await passThrough(formatNamed('llava'), file, (pieces) => {
      Object.assign(turns(pieces[0])[0] ?? {}, { text: 'Who?' });
      return pieces;
    });
    expect(files.get('')).toContain(
      '{"id": "k", "video": "a.mp4", "conversations": [{"from": "human", "value": "Who?\\n<video>", "weight": 1}, {"from": "gpt", "value": "A dog."}], "score": NaN}',
    );
  });

  it('a further turn, and a new conversation behind the others', async () => {
    const file = '[{"id": "k", "video": ["a.mp4"], "conversations": [{"from": "human", "value": "<video>\\nWhat?"}, {"from": "gpt", "value": "A dog.", "weight": 1}]}]';
    const { files } = await passThrough(formatNamed('llava'), file, (pieces) => {
      turns(pieces[0]).push({ role: 'user', text: 'And?' });
      return [...pieces, { clip: 'b.mp4', items: [conversation('Why?', 'So.')] }];
    });
    expect(parsed(files)).toEqual([
      { id: 'k', video: ['a.mp4'], conversations: [{ from: 'human', value: '<video>\nWhat?' }, { from: 'gpt', value: 'A dog.', weight: 1 }, { from: 'human', value: 'And?' }] },
      { id: 'c-new', video: ['b.mp4'], conversations: [{ from: 'human', value: '<video>\nWhy?' }, { from: 'gpt', value: 'So.' }] },
    ]);
  });

  it('a value that was odd before', async () => {
    const file = '{"v_1": {"duration": 9, "timestamps": [[0, NaN], [1, 2]], "sentences": [" A.", " B."], "note": 1}}';
    const { files } = await passThrough(formatNamed('activitynet-captions'), file, (pieces) => {
      Object.assign(segment(pieces[0], 0), { end: 3.5 });
      pieces[0]?.items.push({ list: 'segments', item: { id: 's', start: 4, end: 5, caption: 'New.' } });
      return pieces;
    });
    expect(parsed(files)).toEqual({ v_1: { duration: 9, timestamps: [[0, 3.5], [1, 2], [4, 5]], sentences: [' A.', ' B.', 'New.'], note: 1 } });
  });

  it('scores of dense captions stay with theirs when one is taken away', async () => {
    const file = '{"results": {"v_1": [{"timestamp": [0, 1], "sentence": "A.", "score": 1}, {"timestamp": [1, 2], "sentence": "B.", "score": 2}]}}';
    const { files } = await passThrough(formatNamed('activitynet-captions'), file, (pieces) => {
      pieces[0]?.items.splice(0, 1);
      return pieces;
    });
    expect(parsed(files)).toEqual({ results: { v_1: [{ timestamp: [1, 2], sentence: 'B.', score: 2 }] } });
  });

  it('a time in a text becomes its token', async () => {
    const file =
      '[{"id": "v_1", "conversations": [{"from": "human", "value": "<video>\\nWhen?"}, {"from": "gpt", "value": "From <s0> to <e0>."}], "meta": {"split": [0, 60], "duration": 60.0, "token": {"<s0>": 12.3, "<e0>": 20.0}}}]';
    const { files, pieces } = await passThrough(formatNamed('vtimellm'), file, (kept) => {
      const [, answer] = turns(kept[0]);
      Object.assign(answer ?? {}, { text: answer?.text.replace('12.3s', '14s') });
      return kept;
    });
    expect((pieces[0]?.items[0]?.item as AnnotatedConversation).turns[1]?.text).toBe('From 12.3s to 20s.');
    expect(parsed(files)).toMatchObject([{ conversations: [{}, { value: 'From <s0> to <e0>.' }], meta: { split: [0, 60], duration: 60, token: { '<s0>': 14, '<e0>': 20 } } }]);
  });
});

describe('what was made in the annotator', () => {
  const media = { path: 'v_1.mp4', duration: 60 };

  it('is written as each training format wants it', async () => {
    const pieces: ExportPiece[] = [{ clip: 'v_1.mp4', media, items: [conversation('When is it?', 'From 0:12.3 to 20 seconds.')] }];
    const write = async (name: Parameters<typeof formatNamed>[0]): Promise<unknown> => parsed((await writePieces(formatNamed(name), pieces)).files);
    expect(await write('vtimellm')).toEqual([
      { id: 'v_1', conversations: [{ from: 'human', value: '<video>\nWhen is it?' }, { from: 'gpt', value: 'From <s0> to <e0>.' }], meta: { duration: 60, token: { '<s0>': 12.3, '<e0>': 20 } } },
    ]);
    expect(await write('video-chatgpt')).toEqual([{ q: 'When is it?', a: 'From 0:12.3 to 20 seconds.', video_id: 'v_1' }]);
    expect(await write('videochat2-it')).toEqual([{ video: 'v_1.mp4', QA: [{ i: '', q: 'When is it?', a: 'From 0:12.3 to 20 seconds.' }] }]);
    expect(await write('messages')).toEqual({
      messages: [
        { role: 'user', content: [{ type: 'video', video: 'v_1.mp4' }, { type: 'text', text: 'When is it?' }] },
        { role: 'assistant', content: [{ type: 'text', text: 'From 0:12.3 to 20 seconds.' }] },
      ],
    });
  });

  it('loses nothing in silence', async () => {
    const close: ExportPiece = { clip: 'v_1.mp4', media, items: [conversation('When?', 'From 12.4s to 12.5s.')] };
    expect((await writePieces(formatNamed('vtimellm'), [close])).lost).toEqual({ 'times less than a hundredth of the clip apart': 1 });
    const wordless: ExportPiece = { clip: 'v_1.mp4', media, items: [{ list: 'segments', item: { id: 's', start: 0, end: 1 } }] };
    expect((await writePieces(formatNamed('activitynet-captions'), [wordless])).lost).toEqual({ 'segments that this format cannot say': 1 });
    expect((await writePieces(formatNamed('charades-sta'), [wordless])).lost).toEqual({ 'segments that this format cannot say': 1 });
    const both: ExportPiece = { clip: 'v_1.mp4', media, items: [{ list: 'segments', item: { id: 's', start: 0, end: 1, label: 'run', caption: 'He runs.' } }] };
    expect((await writePieces(formatNamed('activitynet-captions'), [both])).lost).toEqual({ 'labels beside a caption': 1 });
    expect((await writePieces(formatNamed('charades-sta'), [both])).lost).toEqual({ 'labels beside a caption': 1 });
    const open: ExportPiece = { clip: 'v_1.mp4', media, items: [{ list: 'questions', item: { id: 'q', question: 'Why?' } }] };
    expect((await writePieces(formatNamed('llava'), [open])).lost).toEqual({ 'questions that this format cannot say': 1 });
  });
});

describe('the hundredths that VTimeLLM reads', () => {
  it.each([
    [12.3, 60, '20'],
    [20, 60, '33'],
    [60, 60, '99'],
    [0, 60, '00'],
    [1, 40, '02'],
    [3, 40, '08'],
  ])('%s s', (seconds, duration, hundredths) => {
    expect(vtimellmHundredths(seconds, duration)).toBe(hundredths);
  });
});
