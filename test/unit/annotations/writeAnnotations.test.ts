import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readAnnotations } from '../../../server/common/annotations/readAnnotations.js';
import { writeAnnotations } from '../../../server/common/annotations/writeAnnotations.js';
import { applyAnnotationEdits, type AnnotationDocument, emptyAnnotations } from '../../../server/protocol/index.js';

const document: AnnotationDocument = {
  ...emptyAnnotations({ path: 'clip.mp4', sha256: 'a'.repeat(64), duration: 12.5, fps: 29.97, frameCount: 375, timeBase: '1/30000' }),
  description: 'A man opens a box.\nThen he leaves.',
  tags: ['indoor', '盒子'],
  segments: [
    { id: 's-1', start: 0, end: 2.5, label: 'opens', caption: 'He says "hi".' },
    { id: 's-2', start: 2.5, end: 4, attributes: { hands: 2, slow: true }, provenance: { author: 'model', status: 'suggested', confidence: 0.71 } },
  ],
  questions: [{ id: 'q-1', question: 'What?', options: ['a', 'b'], correct: 1, span: { start: 0, end: 1 } }],
  conversations: [{ id: 'c-1', turns: [{ role: 'user', text: 'Hi' }, { role: 'assistant', text: 'Hello', rating: 'up' }] }],
};

describe('the text of an annotation document', () => {
  it('has a line for each item, in a fixed order of keys', async () => {
    await expect(writeAnnotations(document)).toMatchFileSnapshot('../../golden/annotations/document.videochat.json');
  });

  it('is read back as the same document', () => {
    expect(readAnnotations(writeAnnotations(document)).document).toEqual(document);
  });

  it('writes what it has written in the same way, whatever order the keys had', () => {
    const text = writeAnnotations(document);
    const shuffled = Object.fromEntries(Object.entries(document).reverse()) as unknown as AnnotationDocument;
    expect(writeAnnotations(shuffled)).toBe(text);
  });

  it('changes one line when one segment or turn changes', () => {
    const before = writeAnnotations(document).split('\n');
    const edits = [
      { op: 'patch', list: 'segments', id: 's-2', set: { end: 4.2 } },
      { op: 'patch', list: 'conversations', id: 'c-1', set: { turns: [{ role: 'user', text: 'Hi' }, { role: 'assistant', text: 'Bye' }] } },
    ] as const;
    for (const edit of edits) {
      const after = writeAnnotations(applyAnnotationEdits(document, [edit as never]).document ?? document).split('\n');
      expect(after).toHaveLength(before.length);
      expect(after.filter((line, i) => line !== before[i])).toHaveLength(1);
    }
  });

  it('keeps members that it does not know, at every level, through an edit', () => {
    const text = writeAnnotations(document)
      .replace('"id": "s-1",', '"id": "s-1", "myTool": { "z": 1, "a": [null] },')
      .replace('"role": "user",', '"role": "user", "mood": "glad",')
      .replace('"version": 1,', '"version": 1,\n  "extra": { "b": 1, "a": 2 },');
    const read = readAnnotations(text).document;
    const edited = applyAnnotationEdits(read ?? document, [{ op: 'patch', list: 'segments', id: 's-1', set: { end: 2 } }]).document;
    const back = writeAnnotations(edited ?? document);
    expect(back).toContain('"myTool": { "z": 1, "a": [null] }');
    expect(back).toContain('"mood": "glad"');
    expect(back).toContain('"extra": { "b": 1, "a": 2 }');
  });

  it('takes members with names that every object has', () => {
    const text = writeAnnotations(document).replace('"id": "s-1",', '"id": "s-1", "constructor": { "a": 1 }, "__proto__": { "b": 2 },');
    expect(writeAnnotations(readAnnotations(text).document ?? document)).toContain('"constructor": { "a": 1 }, "__proto__": { "b": 2 }');
  });

  it('loses nothing of any JSON that stands in it', () => {
    fc.assert(
      fc.property(fc.array(fc.dictionary(fc.string(), fc.jsonValue({ noUnicodeString: false }))), (extras) => {
        const segments = extras.map((extra, i) => ({ ...extra, id: `s${i}`, start: i, end: i + 1, label: undefined, caption: undefined, track: undefined, attributes: undefined, provenance: undefined, origin: undefined }));
        const made = { ...document, segments } as unknown as AnnotationDocument;
        const plain = JSON.parse(JSON.stringify(made)) as unknown;
        const text = writeAnnotations(made);
        expect(JSON.parse(text)).toEqual(plain);
        expect(text.split('\n').filter((line) => /^ {4}\{ /.test(line))).toHaveLength(extras.length + document.questions.length);
      }),
    );
  });
});
