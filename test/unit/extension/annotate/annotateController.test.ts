import { afterEach, describe, expect, it } from 'vitest';
import type { ReviewQueue } from '../../../../extension/annotate/reviewQueue.js';
import { writeAnnotations } from '../../../../server/common/annotations/writeAnnotations.js';
import { type AnnotatedSegment, type AnnotationEdit, emptyAnnotations, ErrorCode, VideoChatError } from '../../../../server/protocol/index.js';
import { AnnotatePage } from '../../../fakes/annotatePage.js';
import { EditorText } from '../../../fakes/editorText.js';
import { makeVideo } from '../../../fakes/gatedParts.js';

const hash = makeVideo('/clips/ball.mp4').facts.contentHash;
const a: AnnotatedSegment = { id: 'a', start: 1, end: 2 };
const text = (...segments: AnnotatedSegment[]): string => writeAnnotations({ ...emptyAnnotations({ path: 'ball.mp4', sha256: hash, duration: 10 }), segments });
const add = (id: string, start = 3): AnnotationEdit => ({ op: 'add', list: 'segments', item: { id, start, end: start + 1 } });
const caption = (id: string, words: string): AnnotationEdit => ({ op: 'patch', list: 'segments', id, set: { caption: words, provenance: { status: 'suggested', author: 'model' } } });

const pages: AnnotatePage[] = [];
const makePage = (...args: ConstructorParameters<typeof AnnotatePage>): AnnotatePage => {
  const page = new AnnotatePage(...args);
  pages.push(page);
  return page;
};
afterEach(async () => {
  await Promise.all(pages.splice(0).map((page) => page.dispose()));
});

describe('an editor of annotations', () => {
  it('shows the document at once, and its clip when a server has opened it', async () => {
    const page = makePage(new EditorText(text(a)));
    await page.open();
    expect(page.said('state')[0]?.state).toMatchObject({ revision: 0, document: { segments: [a] }, annotator: 'ada', readOnly: false, dirty: false, clip: { name: 'ball.mp4' } });
    expect(page.state.clip).toMatchObject({ facts: { durationSeconds: 10 }, media: { url: expect.stringMatching(/^https:\/\/mapped\.example\//) } });
    expect(page.state.clip.problem).toBeUndefined();
    expect(page.server.script.asked('media/open')[0]).toMatchObject({ abilities: { videoCodecs: ['h264'] }, maxHeight: 720 });
    expect(page.said('keys')).toHaveLength(1);
  });

  it('takes an edit, tells the page what became of it, and then replies', async () => {
    const page = makePage(new EditorText(text(a)));
    await page.open();
    page.messages.length = 0;
    expect(await page.ask({ type: 'edit', revision: 0, label: 'Add', edits: [add('n')] })).toBeUndefined();
    expect(page.messages.map(({ type }) => type)).toEqual(['edited', 'reply']);
    expect(page.said('edited')).toMatchObject([{ revision: 1, edits: [add('n')], problems: [] }]);
    expect(page.editor.text).toBe(text(a, { id: 'n', start: 3, end: 4 }));
  });

  it('hands the edits on word for word: a page knows its own by their text', async () => {
    const page = makePage(new EditorText(text()));
    await page.open();
    const edits = JSON.parse('[{"item":{"end":4,"mood":{"b":1,"a":2},"start":3,"id":"n"},"list":"segments","op":"add"}]') as AnnotationEdit[];
    await page.ask({ type: 'edit', revision: 0, label: 'Add', edits });
    expect(JSON.stringify(page.said('edited')[0]?.edits)).toBe(JSON.stringify(edits));
  });

  it('keeps several pages of one document in step', async () => {
    const editor = new EditorText(text(a));
    const [left, right] = [makePage(editor), makePage(editor)];
    await Promise.all([left.open(), right.open()]);
    await left.ask({ type: 'edit', revision: 0, label: 'Add', edits: [add('l')] });
    // The right page has not looked yet.
    await right.ask({ type: 'edit', revision: 0, label: 'Add', edits: [add('r', 6)] });
    for (const page of [left, right]) {
      expect(page.said('edited').map(({ revision, edits }) => [revision, edits])).toEqual([[1, [add('l')]], [2, [add('r', 6)]]]);
      expect(page.state.document?.segments.map(({ id }) => id)).toEqual(['a', 'l', 'r']);
    }
  });

  it('refuses an edit of what is gone, with a reason, and loses nothing else', async () => {
    const page = makePage(new EditorText(text(a)));
    await page.open();
    page.editor.type(text({ id: 'other', start: 5, end: 6 }));
    expect(page.messages.at(-1)).toMatchObject({ type: 'state', state: { revision: 1, document: { segments: [{ id: 'other' }] } } });
    expect(await page.ask({ type: 'edit', revision: 0, label: 'Label', edits: [caption('a', 'x')] })).toMatchObject({ message: expect.stringContaining('gone') });
    expect(page.editor.text).toBe(text({ id: 'other', start: 5, end: 6 }));
  });

  it('says what is wrong with a text that is no document, and follows when it is mended', async () => {
    const page = makePage(new EditorText('{'), undefined, {});
    await page.send({ type: 'ready', abilities: { videoCodecs: [], audioCodecs: [], containers: [] } });
    expect(page.state).toMatchObject({ problems: [{ code: 'notJson', message: expect.stringMatching(/JSON/) }] });
    expect(page.state.document).toBeUndefined();
    expect(await page.ask({ type: 'edit', revision: 0, label: 'Add', edits: [add('n')] })).toMatchObject({ message: expect.stringContaining('left alone') });
    page.editor.type(text(a));
    expect(page.state.document?.segments).toEqual([a]);
  });

  it('changes nothing that is read-only', async () => {
    const page = makePage(new EditorText(text(a)));
    page.readOnly = true;
    await page.open();
    expect(page.state.readOnly).toBe(true);
    expect(await page.ask({ type: 'edit', revision: 0, label: 'Add', edits: [add('n')] })).toMatchObject({ message: 'This document cannot be changed.' });
    expect(page.editor.text).toBe(text(a));
  });

  it('notes which clip it is with the first edit of a document that does not say so', async () => {
    const page = makePage(new EditorText(writeAnnotations(emptyAnnotations({ path: 'ball.mp4' }))));
    await page.open();
    page.messages.length = 0;
    await page.ask({ type: 'edit', revision: 0, label: 'Add', edits: [add('n')] });
    expect(page.state.document?.media).toEqual({ path: 'ball.mp4', sha256: hash, duration: 10, fps: 30, frameCount: 300 });
    // The page did not ask for that: it gets the whole after its reply.
    expect(page.messages.map(({ type }) => type).filter((type) => type !== 'clip')).toEqual(['edited', 'reply', 'state']);
    page.editor.undo();
    expect(page.state.document).toEqual(emptyAnnotations({ path: 'ball.mp4' }));
  });

  it('answers whatever has an id, and does not act on what is no message', async () => {
    const page = makePage(new EditorText(text(a)));
    for (const wrong of [undefined, null, 7, 'x', [], {}, { type: 'edit' }, { type: 'eval', code: '1' }, { type: 'focus', place: 'moon' }]) {
      await page.send(wrong);
    }
    expect(page.warnings).toHaveLength(9);
    const bad: unknown[] = [
      { op: 'patch', list: 'segments', id: 'a', set: { start: null } },
      { op: 'patch', list: 'segments', id: 'a', set: { id: 'b' } },
      { op: 'patch', list: 'segments', id: 'a', set: JSON.parse('{"__proto__":{"x":1}}') },
      { op: 'add', list: 'segments', item: { id: 'b', start: 'soon', end: 2 } },
      { op: 'clip', set: { media: null } },
      { op: 'remove', list: '__proto__', id: 'a' },
    ];
    for (const [id, edit] of bad.entries()) {
      await page.send({ type: 'edit', id, revision: 0, label: '', edits: [edit] });
      expect(page.said('reply').at(-1), JSON.stringify(edit)).toMatchObject({ id, problem: { message: 'This request was not understood.' } });
    }
    expect(page.editor.text).toBe(text(a));
  });

  it('opens links of the instructions to websites only', async () => {
    const page = makePage(new EditorText(text(a)));
    for (const url of ['command:workbench.action.quit', 'file:///etc/passwd', 'javascript:alert(1)', 'vscode://x', '']) {
      expect(await page.ask({ type: 'openLink', url })).toMatchObject({ message: 'Only links to websites are opened.' });
    }
    expect(await page.ask({ type: 'openLink', url: `https://example.com/${'x'.repeat(9000)}` })).toMatchObject({ message: 'This request was not understood.' });
    expect(page.opened).toEqual([]);
    expect(await page.ask({ type: 'openLink', url: 'https://example.com/a b' })).toBeUndefined();
    expect(page.opened).toEqual(['https://example.com/a%20b']);
  });

  it('goes on with a review where one runs, and says so where none does', async () => {
    const lonely = makePage(new EditorText(text(a)));
    expect(await lonely.ask({ type: 'nextReview' })).toMatchObject({ message: 'No review is running.' });
    const asked: unknown[] = [];
    const queue: ReviewQueue = {
      state: () => ({ left: 4 }),
      onDidChange: () => ({ dispose: () => undefined }),
      next: async (...args) => {
        asked.push(args);
        return undefined;
      },
      end: () => void asked.push('end'),
    };
    const page = makePage(new EditorText(text(a)), undefined, { review: () => queue });
    expect(page.state.review).toEqual({ left: 4 });
    expect(await page.ask({ type: 'nextReview', decided: { itemId: 'a', status: 'accepted' } })).toBeUndefined();
    expect(await page.ask({ type: 'endReview' })).toBeUndefined();
    expect(await lonely.ask({ type: 'endReview' })).toBeUndefined();
    expect(asked).toEqual([['/clips/ball.mp4.videochat.json', { itemId: 'a', status: 'accepted' }], 'end']);
  });
});

describe('the clip of an editor', () => {
  it('that is missing says so, and comes back; annotations can be edited all the same', async () => {
    const page = makePage(new EditorText(text(a)));
    page.place = { path: '/clips/ball.mp4', exists: false };
    await page.send({ type: 'ready', abilities: { videoCodecs: [], audioCodecs: [], containers: [] } });
    await page.until(() => page.state.clip.problem !== undefined);
    expect(page.state.clip).toMatchObject({ name: 'ball.mp4', problem: { actions: ['locateFile', 'retry'] } });
    expect(page.server.script.requests).toEqual([]);
    expect(await page.ask({ type: 'edit', revision: 0, label: 'Add', edits: [add('n')] })).toBeUndefined();
    page.place = { path: '/clips/ball.mp4', exists: true };
    await page.controller.retry();
    await page.until(() => page.state.clip.media !== undefined);
    expect(page.state.clip.problem).toBeUndefined();
  });

  it('that is another file than the one that was annotated says so, and plays', async () => {
    const page = makePage(new EditorText(text(a).replace(hash, 'f'.repeat(64))));
    await page.open();
    expect(page.state.clip).toMatchObject({ problem: { message: expect.stringContaining('another file') }, media: {} });
  });

  it('is opened anew by a server that comes back, and edited while there is none', async () => {
    const page = makePage(new EditorText(text(a)));
    await page.open();
    const before = page.state.clip.media?.mediaId;
    page.server.die();
    expect(page.state.server).toMatchObject({ state: 'restarting' });
    expect(await page.ask({ type: 'edit', revision: 0, label: 'Add', edits: [add('n')] })).toBeUndefined();
    await page.server.comeBack();
    await page.until(() => page.state.clip.media?.mediaId !== before);
    expect(page.state).toMatchObject({ server: { state: 'ready' }, document: { segments: [{ id: 'a' }, { id: 'n' }] } });
  });

  it('is made playable when the player fails', async () => {
    const page = makePage(new EditorText(text(a)));
    await page.open();
    expect(await page.ask({ type: 'playbackFailed', reason: 'error' })).toBeUndefined();
    await page.until(() => page.server.script.asked('media/open').length === 2);
    expect(page.server.script.asked('media/open')[1]).toMatchObject({ atLeast: 'remux' });
  });

  it('follows the document when it names another', async () => {
    const page = makePage(new EditorText(text(a)), undefined, {});
    await page.open();
    page.place = { path: '/clips/other.mp4', exists: true };
    await page.ask({ type: 'edit', revision: 0, label: 'Locate', edits: [{ op: 'clip', set: { media: { path: 'other.mp4' } } }] });
    await page.until(() => page.state.clip.facts?.path === '/clips/other.mp4');
    expect(page.state.clip.name).toBe('other.mp4');
  });

  it('is not asked for where no server may be started, and says what helps', async () => {
    const page = makePage(new EditorText(text(a)));
    page.server.refusal = new VideoChatError(ErrorCode.NotTrusted, 'Not here.', { hint: 'Trust it.' });
    await page.send({ type: 'ready', abilities: { videoCodecs: [], audioCodecs: [], containers: [] } });
    await page.until(() => page.state.server.state === 'failed');
    expect(page.state.server).toMatchObject({ problem: { message: 'Not here.', actions: ['manageTrust'] } });
    expect(await page.ask({ type: 'edit', revision: 0, label: 'Add', edits: [add('n')] })).toBeUndefined();
  });
});

describe('suggestions', () => {
  const suggestion = (edits: AnnotationEdit[], note = '') => ({ edits, note });

  it('come as one step of undo, with their progress', async () => {
    const page = makePage(new EditorText(text(a)));
    await page.open();
    page.server.script.scripts['annotate/suggest'] = (_params, { progress }) => {
      progress({ kind: 'step', done: 1, total: 2, what: 'frames' });
      return suggestion([caption('a', 'A ball.'), add('n')], 'Two are enough.');
    };
    expect(await page.ask({ type: 'suggest', task: 'denseCaption', span: { startSeconds: 0, endSeconds: 5 } })).toBeUndefined();
    expect(page.server.script.asked('annotate/suggest')[0]).toMatchObject({ task: 'denseCaption', videoPath: '/clips/ball.mp4', modelId: 'tiny', document: text(a), span: { startSeconds: 0, endSeconds: 5 } });
    expect(page.said('suggesting')).toEqual([
      { type: 'suggesting', task: 'denseCaption' },
      { type: 'suggesting', task: 'denseCaption', done: 1, total: 2, what: 'frames' },
      { type: 'suggesting' },
    ]);
    expect(page.state.document?.segments.map(({ id }) => id)).toEqual(['a', 'n']);
    expect(page.informed).toEqual(['Two are enough.']);
    page.editor.undo();
    expect(page.editor.text).toBe(text(a));
  });

  it('never overwrite what a person has done meanwhile', async () => {
    const page = makePage(new EditorText(text(a, { id: 'b', start: 4, end: 5 })));
    await page.open();
    page.server.script.scripts['annotate/suggest'] = () => {
      page.editor.type(text({ ...a, caption: 'mine' }, { id: 'b', start: 4, end: 5 }));
      return suggestion([caption('a', 'theirs'), caption('b', 'A door.'), { op: 'patch', list: 'segments', id: 'b', set: { start: null } } as unknown as AnnotationEdit]);
    };
    await page.ask({ type: 'suggest', task: 'caption' });
    expect(page.state.document?.segments).toMatchObject([{ caption: 'mine' }, { caption: 'A door.', start: 4 }]);
    expect(page.informed).toEqual(['1 suggestions were left out, since what they are about has changed meanwhile.']);
  });

  it('can be cancelled, one at a time, and say why they failed', async () => {
    const page = makePage(new EditorText(text(a)));
    await page.open();
    let isAsked = (): void => undefined;
    const asked = new Promise<void>((resolve) => (isAsked = resolve));
    page.server.script.scripts['annotate/suggest'] = async (_params, { token }) => {
      if (!token.isCancellationRequested) {
        isAsked();
        await new Promise<void>((resolve) => token.onCancellationRequested(() => resolve()));
      }
      throw new VideoChatError(ErrorCode.RequestCancelled, 'Cancelled.');
    };
    const first = page.ask({ type: 'suggest', task: 'shots' });
    await page.until(() => page.said('suggesting').length === 1);
    expect(await page.ask({ type: 'suggest', task: 'caption' })).toMatchObject({ message: expect.stringContaining('being made') });
    // Before the server was even asked, and while it works.
    await page.ask({ type: 'cancelSuggest' });
    expect(await first).toBeUndefined();
    const second = page.ask({ type: 'suggest', task: 'shots' });
    await asked;
    await page.ask({ type: 'cancelSuggest' });
    expect(await second).toBeUndefined();
    page.server.script.scripts['annotate/suggest'] = () => {
      throw new VideoChatError(ErrorCode.ModelUnknown, 'There is no such model.');
    };
    expect(await page.ask({ type: 'suggest', task: 'caption' })).toMatchObject({ message: 'There is no such model.' });
    expect(page.editor.text).toBe(text(a));
  });
});
