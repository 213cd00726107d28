import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Conversation, createConversation, type StoredTurn } from '../../../../extension/chat/conversation.js';
import { ConversationStore } from '../../../../extension/chat/conversationStore.js';
import { english } from '../../../../extension/translate.js';

let folder: string;
let warnings: string[];
let store: ConversationStore;

const open = (inFolder = folder): ConversationStore =>
  new ConversationStore({ folder: inFolder, t: english, warn: (message) => void warnings.push(message), delayMs: 5 });

const turn = (question: string, answer: string, more: Partial<StoredTurn> = {}): StoredTurn => ({
  ...{ turnId: `turn-${question}`, question, answer, state: 'complete' },
  ...more,
});

function about(path: string, ...turns: StoredTurn[]): Conversation {
  const conversation = createConversation('New', path);
  conversation.turns.push(...turns);
  return conversation;
}

beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'conversations-')), 'inner');
  warnings = [];
  store = open();
});
afterEach(async () => {
  store.dispose();
  await rm(join(folder, '..'), { recursive: true, force: true });
});

describe('kept conversations', () => {
  it('come back in another window as they were', async () => {
    const kept = about('/clips/ball.mp4', turn('What?', 'A ball.', {
      span: { startSeconds: 1, endSeconds: 2 },
      plan: { spec: 'videochat:1', span: { startSeconds: 1, endSeconds: 2 }, indices: [30], seconds: [1], reason: 'one' },
      rating: { value: 'down', note: 'No.' },
      askedPlan: 'videochat:1',
    }));
    kept.frames = 12;
    kept.sampling = { temperature: 0 };
    store.save(kept);
    await store.flush();
    expect(await open().get(kept.id)).toEqual(kept);
    expect(await readdir(folder)).toEqual([`${kept.id}.json`]);
  });

  it('are written once for many changes, the last of which counts', async () => {
    const conversation = about('/clips/ball.mp4');
    for (let times = 0; times < 500; times++) {
      conversation.title = `Title ${times}`;
      store.save(conversation);
    }
    await store.flush();
    expect(await open().get(conversation.id)).toMatchObject({ title: 'Title 499' });
  });

  it('are written at once when the window closes', async () => {
    const conversation = about('/clips/ball.mp4');
    store.save(conversation);
    await store.flush();
    conversation.title = 'Last words';
    store.save(conversation);
    store.dispose();
    expect(await open().get(conversation.id)).toMatchObject({ title: 'Last words' });
  });

  it('that were being answered are interrupted', async () => {
    const conversation = about('/c.mp4', turn('A?', 'Half', { state: 'streaming', nextSequence: 7 }), turn('B?', '', { state: 'waiting' }));
    store.save(conversation);
    await store.flush();
    const turns = (await open().get(conversation.id))?.turns;
    expect(turns).toMatchObject([{ state: 'interrupted', answer: 'Half' }, { state: 'interrupted' }]);
    expect(turns?.[0]).not.toHaveProperty('nextSequence');
  });

  it('are one object for all who ask', async () => {
    const conversation = about('/clips/ball.mp4');
    store.save(conversation);
    await store.flush();
    const other = open();
    const [first, second] = await Promise.all([other.get(conversation.id), other.get(conversation.id)]);
    expect(first).toBe(second);
  });

  it('are listed, the newest first, whether open or not', async () => {
    const old = { ...about('/clips/old.mp4', turn('Old?', 'Yes.')), updated: '2026-01-01T00:00:00.000Z' };
    const recent = { ...about('/clips/new.mp4'), updated: '2026-02-01T00:00:00.000Z' };
    store.save(old);
    await store.flush();
    const other = open();
    other.save(recent);
    expect(await other.list()).toMatchObject([
      { id: recent.id, title: 'new.mp4', turns: 0 },
      { id: old.id, title: 'old.mp4', turns: 1, lastQuestion: 'Old?', clips: ['old.mp4'] },
    ]);
    await other.flush();
  });

  it('can be renamed, searched and deleted', async () => {
    const ball = about('/clips/ball.mp4', turn('What is it?', 'A RED Ball.'));
    const cat = about('/clips/cat.mp4', turn('Where?', 'On the mat.'));
    store.save(ball);
    store.save(cat);
    await store.rename(cat.id, '  Miezekatze ');
    await store.rename(ball.id, '  ');
    const titles = async (words: string): Promise<string[]> => (await store.search(words)).map(({ title }) => title);
    expect(await titles('red ball')).toEqual(['ball.mp4']);
    expect(await titles('CAT.MP4 mat')).toEqual(['Miezekatze']);
    expect(await titles('')).toHaveLength(2);
    expect(await titles('nothing of that')).toEqual([]);
    await store.flush();
    await store.delete(cat.id);
    expect(await store.list()).toMatchObject([{ id: ball.id }]);
    expect(await readdir(folder)).toEqual([`${ball.id}.json`]);
    await store.delete(cat.id);
  });

  it('that were deleted while they were written stay deleted', async () => {
    const [other, conversation] = [about('/clips/other.mp4'), about('/clips/ball.mp4')];
    store.save(other);
    store.save(conversation);
    const writing = store.flush();
    await store.delete(conversation.id);
    await writing;
    expect(await readdir(folder)).toEqual([`${other.id}.json`]);
  });
});

describe('a file that is not a conversation', () => {
  const id = '00000000-0000-4000-8000-000000000000';
  it.each([
    ['half of one', '{"version":1,"id":"0000'],
    ['nothing', ''],
    ['null', 'null'],
    ['another shape', JSON.stringify({ version: 1, id, turns: 'many' })],
    ['that of another id', JSON.stringify({ ...createConversation('Other'), id: '11111111-0000-4000-8000-000000000000' })],
  ])('(%s) is set aside and said, never deleted', async (_, content) => {
    const good = about('/clips/ball.mp4');
    store.save(good);
    await store.flush();
    await writeFile(join(folder, `${id}.json`), content);
    const other = open();
    expect(await other.list()).toHaveLength(1);
    expect(warnings).toHaveLength(1);
    const aside = (await readdir(folder)).find((name) => name.includes('broken'));
    expect(await readFile(join(folder, aside ?? ''), 'utf8')).toBe(content);
    expect(await other.get(id)).toBeUndefined();
  });

  it('but of a newer version is left where it is', async () => {
    store.save(about('/clips/ball.mp4'));
    await store.flush();
    await writeFile(join(folder, `${id}.json`), JSON.stringify({ version: 2, id }));
    expect(await open().get(id)).toBeUndefined();
    expect(await readdir(folder)).toContain(`${id}.json`);
    expect(warnings[0]).toMatch(/newer version/);
  });

  it.each(['../../etc/passwd', '', 'short', 'UPPER-CASE-ID', `${'a'.repeat(65)}`])('of the name %j is not looked for', async (name) => {
    expect(await store.get(name)).toBeUndefined();
    await store.delete(name);
  });
});

describe('a disk that refuses', () => {
  it('is said, and what was to be written is tried again', async () => {
    await writeFile(folder, 'a file where the folder should be');
    const conversation = about('/clips/ball.mp4');
    store.save(conversation);
    await store.flush();
    expect(warnings[0]).toMatch(/could not be saved/);
    expect(await store.get(conversation.id)).toBe(conversation);
    await rm(folder);
    await store.flush();
    expect(await open().get(conversation.id)).toEqual(conversation);
  });

  it('lists nothing where nothing is', async () => {
    expect(await store.list()).toEqual([]);
  });
});
