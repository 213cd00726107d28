import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lineChange } from '../../../../extension/annotate/lineText.js';
import { writeAnnotations } from '../../../../server/common/annotations/writeAnnotations.js';
import { type AnnotatedSegment, type AnnotationEdit, emptyAnnotations } from '../../../../server/protocol/index.js';
import { EditorText } from '../../../fakes/editorText.js';

const segment = (id: string, start: number, more: Partial<AnnotatedSegment> = {}): AnnotatedSegment => ({ id, start, end: start + 1, caption: `from ${start}`, ...more });
const add = (id: string, start: number): AnnotationEdit => ({ op: 'add', list: 'segments', item: segment(id, start) });
const patch = (id: string, set: object): AnnotationEdit => ({ op: 'patch', list: 'segments', id, set });
const documentOf = (...segments: AnnotatedSegment[]) => ({ ...emptyAnnotations({ path: 'a.mp4', duration: 100 }), segments });
const open = (...segments: AnnotatedSegment[]): EditorText => new EditorText(writeAnnotations(documentOf(...segments)));

describe('an edit', () => {
  it('changes the one line it is about', async () => {
    const editor = open(segment('a', 1), segment('b', 2), segment('c', 3));
    const before = editor.text.split('\n');
    expect(await editor.model.edit([patch('b', { caption: 'A man opens a door.' })])).toBeUndefined();
    const after = editor.text.split('\n');
    expect(after).toHaveLength(before.length);
    expect(after.filter((line, i) => line !== before[i])).toEqual([expect.stringContaining('A man opens a door.')]);
    expect(editor.changes).toMatchObject([{ startLine: 6, endLine: 7 }]);
    expect(editor.told).toEqual([{ kind: 'edited', edits: [patch('b', { caption: 'A man opens a door.' })] }]);
    expect(editor.model.revision).toBe(1);
  });

  it('keeps the ends of lines of its file', async () => {
    const editor = new EditorText(writeAnnotations(documentOf(segment('a', 1), segment('b', 5))), '\r\n');
    await editor.model.edit([patch('a', { label: 'opens' }), add('n', 3)]);
    expect(editor.text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
    expect(editor.text.replaceAll('\r\n', '\n')).toBe(writeAnnotations(documentOf(segment('a', 1, { label: 'opens' }), segment('n', 3), segment('b', 5))));
  });

  it('is one step of undo, twenty times', async () => {
    const editor = open();
    const texts = [editor.text];
    for (let i = 0; i < 20; i++) {
      await editor.model.edit([add(`s${i}`, i), patch(`s${i}`, { label: 'x' })]);
      texts.push(editor.text);
    }
    for (let i = 19; i >= 0; i--) {
      editor.undo();
      expect(editor.text).toBe(texts[i]);
      expect(editor.model.document?.segments).toHaveLength(i);
    }
    editor.redo();
    expect(editor.text).toBe(texts[1]);
    expect(editor.told.slice(20)).toEqual(Array.from({ length: 21 }, () => ({ kind: 'replaced' })));
    expect(editor.model.revision).toBe(41);
  });

  it('comes before an undo that is asked for while it is on its way, and edits after that come after it', async () => {
    const editor = open();
    editor.slow = true;
    const start = editor.text;
    const undo = (): Promise<void> => editor.model.inOrder(async () => editor.undo());
    const asked: Promise<unknown>[] = [];
    for (let i = 0; i < 20; i++) {
      asked.push(editor.model.edit([add(`s${i}`, i)]));
    }
    for (let i = 0; i < 20; i++) {
      asked.push(undo());
    }
    await Promise.all(asked);
    expect(editor.changes).toHaveLength(20);
    expect(editor.text).toBe(start);
    // Nothing was dropped: all twenty can be done again.
    await Promise.all(Array.from({ length: 20 }, () => editor.model.inOrder(async () => editor.redo())));
    expect(editor.model.document?.segments).toHaveLength(20);
    await Promise.all([undo(), editor.model.edit([patch('s0', { label: 'x' })]), undo(), undo()]);
    expect(editor.model.document?.segments).toHaveLength(18);
    expect(editor.model.document?.segments[0]).toEqual(segment('s0', 0));
  });

  it('goes on after an undo that failed', async () => {
    const editor = open();
    await expect(editor.model.inOrder(() => Promise.reject(new Error('closed')))).rejects.toThrow('closed');
    expect(await editor.model.edit([add('a', 1)])).toBeUndefined();
    expect(editor.model.document?.segments).toHaveLength(1);
  });

  it('of an older text is made on the text as it is: what others have changed stays', async () => {
    const editor = open(segment('a', 1), segment('b', 2));
    editor.type(writeAnnotations(documentOf(segment('a', 1, { label: 'theirs' }), segment('b', 2), segment('z', 9))));
    expect(await editor.model.edit([patch('a', { caption: 'mine' })])).toBeUndefined();
    expect(editor.model.document?.segments).toEqual([segment('a', 1, { label: 'theirs', caption: 'mine' }), segment('b', 2), segment('z', 9)]);
  });

  it('that meets another change is tried again, and loses neither', async () => {
    const editor = open(segment('a', 1));
    editor.meanwhile = () => editor.type(writeAnnotations(documentOf(segment('a', 1), segment('theirs', 4))));
    expect(await editor.model.edit([add('mine', 8)])).toBeUndefined();
    expect(editor.model.document?.segments.map(({ id }) => id)).toEqual(['a', 'theirs', 'mine']);
  });

  it('of what is gone is refused, and changes nothing', async () => {
    const editor = open(segment('a', 1));
    const { text } = editor;
    expect(await editor.model.edit([patch('a', { label: 'x' }), patch('gone', { label: 'x' })])).toBe('noSuchItem');
    expect(await editor.model.edit([add('a', 3)])).toBe('idTaken');
    expect(editor.text).toBe(text);
    expect(editor.told).toEqual([]);
  });

  it('comes after those before it, however they are asked for', async () => {
    const editor = open();
    const asked = [add('a', 1), patch('a', { label: 'x' }), { op: 'remove', list: 'segments', id: 'a' } as const, add('a', 2)];
    expect(await Promise.all(asked.map((edit) => editor.model.edit([edit])))).toEqual([undefined, undefined, undefined, undefined]);
    expect(editor.model.document?.segments).toEqual([segment('a', 2)]);
  });

  it('of a text that cannot be read or written leaves it alone', async () => {
    const editor = open(segment('a', 1));
    editor.readOnly = true;
    expect(await editor.model.edit([add('b', 2)])).toBe('notWritable');
    editor.readOnly = false;
    editor.type('{ "format": "videochat-annotations", ');
    expect(editor.model.document).toBeUndefined();
    expect(editor.model.problems).toMatchObject([{ code: 'notJson' }]);
    expect(await editor.model.edit([add('b', 2)])).toBe('unreadable');
    expect(editor.text).toBe('{ "format": "videochat-annotations", ');
    const newer = JSON.stringify({ ...documentOf(), version: 99 });
    editor.type(newer);
    expect(await editor.model.edit([add('b', 2)])).toBe('unreadable');
    expect(editor.text).toBe(newer);
  });

  it('keeps what other tools have added', async () => {
    const editor = new EditorText(JSON.stringify({ ...documentOf({ ...segment('a', 1), mood: { tense: true } } as AnnotatedSegment), team: ['x'] }));
    await editor.model.edit([patch('a', { label: 'opens' })]);
    expect(editor.model.document).toMatchObject({ team: ['x'], segments: [{ label: 'opens', mood: { tense: true } }] });
    expect(JSON.parse(editor.text)).toMatchObject({ team: ['x'], segments: [{ mood: { tense: true } }] });
  });
});

describe('a model', () => {
  it('takes an empty text for a document without items, and writes it with the first edit', async () => {
    const editor = new EditorText('', '\n', () => ({ path: 'a.mp4' }));
    expect(editor.model.document).toEqual(emptyAnnotations({ path: 'a.mp4' }));
    expect(editor.model.problems).toEqual([]);
    await editor.model.edit([add('a', 1)]);
    expect(JSON.parse(editor.text)).toMatchObject({ format: 'videochat-annotations', media: { path: 'a.mp4' }, segments: [{ id: 'a' }] });
    editor.undo();
    expect(editor.text).toBe('');
    expect(editor.model.document?.segments).toEqual([]);
  });

  it('finds problems anew with each text and with what is known besides it', async () => {
    const editor = open(segment('a', 1, { label: 'jumps' }));
    expect(editor.model.problems).toEqual([]);
    editor.model.setContext({ dataset: { format: 'videochat-dataset', version: 1, labels: [{ name: 'opens' }] } });
    expect(editor.model.problems).toMatchObject([{ code: 'unknownLabel', itemId: 'a' }]);
    await editor.model.edit([patch('a', { label: 'opens', end: 0 })]);
    const [problem] = editor.model.problems;
    expect(editor.model.problems).toMatchObject([{ code: 'endBeforeStart' }]);
    expect(editor.model.lines.place(problem?.offset ?? 0).line).toBe(5);
  });

  it('does not take another end of lines for a change', () => {
    const editor = open(segment('a', 1));
    editor.text = editor.text.replaceAll('\n', '\r\n');
    editor.model.textChanged();
    expect(editor.told).toEqual([]);
    expect(editor.model.revision).toBe(0);
  });

  it('and its text agree after any edits, undone and redone', async () => {
    const ids = fc.constantFrom('a', 'b', 'c', 'd');
    const step = fc.oneof(
      fc.record({ do: fc.constant('edit' as const), edit: fc.oneof(fc.tuple(ids, fc.nat(50)).map(([id, start]) => add(id, start)), fc.tuple(ids, fc.string()).map(([id, caption]) => patch(id, { caption })), ids.map((id): AnnotationEdit => ({ op: 'remove', list: 'segments', id }))) }),
      fc.record({ do: fc.constantFrom('undo' as const, 'redo' as const) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), fc.constantFrom('\n' as const, '\r\n' as const), async (steps, eol) => {
        const editor = new EditorText(writeAnnotations(documentOf()), eol);
        for (const each of steps) {
          if (each.do === 'edit') {
            await editor.model.edit([each.edit]);
          } else {
            editor[each.do]();
          }
          expect(writeAnnotations(editor.model.document ?? documentOf())).toBe(editor.text.replaceAll('\r\n', '\n'));
        }
      }),
    );
  });
});

describe('a change of lines', () => {
  it('turns any text into any other', () => {
    const text = fc.array(fc.constantFrom('a', 'b', '', 'a b'), { maxLength: 6 }).map((lines) => lines.join('\n'));
    fc.assert(
      fc.property(text, text, (before, after) => {
        const change = lineChange(before, after);
        if (!change) {
          expect(after).toBe(before);
          return;
        }
        const lines = before.split('\n');
        const head = lines.slice(0, change.startLine).map((line) => `${line}\n`).join('');
        expect(head + change.text + lines.slice(change.endLine).join('\n')).toBe(after);
      }),
    );
  });
});
