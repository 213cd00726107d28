import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import type { BenchResult } from '../../../server/bench/benchResult.js';
import { median } from '../../../server/bench/measure.js';
import { VideoChatClient } from '../../../server/client/videoChatClient.js';
import { type ChatAnswer, ChatCreateRequest, type ChatProgress, ChatSendRequest, VideoOpenRequest } from '../../../server/protocol/index.js';
import { repository, shortFolder } from '../../e2e/support/folders.js';
import type { Recording } from './panelPage.js';
import { clipName, ProbedEditor } from './probedEditor.js';

const rounds = 7;
const question = 'Describe the video.';
const modelId = 'videochat-mini';

/** An answer as somebody waited for it, beside the engine's own account of the very same answer. */
interface Waited {
  /** Milliseconds from the question to the first and to the last of its words. */
  first: number;
  total: number;
  /** The engine's own, from the request's arrival. */
  engine: number;
  engineFirst: number;
  tokens: number;
}

/** The embedded model's answers to one question: in a panel, and to a program that uses the client library. */
export async function benchAnswer(extension: string): Promise<BenchResult> {
  const library = await throughLibrary(extension);
  const page = await throughEditor(extension);
  const middle = (of: Waited[], pick: (waited: Waited) => number): number => median(of.map(pick));
  const added = ({ total, engine }: Waited): number => total - engine;
  const addedFirst = ({ first, engineFirst }: Waited): number => first - engineFirst;
  return {
    name: "an answer in the panel, against the engine's own time for the same answer",
    ratio: middle(page, ({ total, engine }) => engine / total),
    numbers: [
      { label: 'to the last word in the page', value: middle(page, ({ total }) => total), unit: 'ms' },
      { label: 'in the engine', value: middle(page, ({ engine }) => engine), unit: 'ms' },
      { label: 'answer', value: middle(page, ({ tokens }) => tokens), unit: 'tokens' },
      { label: 'the page adds', value: middle(page, added), unit: 'ms' },
      { label: 'to the first word', value: middle(page, addedFirst), unit: 'ms' },
      { label: 'the client library alone', value: middle(library, added), unit: 'ms' },
      { label: 'to the first word', value: middle(library, addedFirst), unit: 'ms' },
    ],
  };
}

async function throughLibrary(extension: string): Promise<Waited[]> {
  const cacheFolder = await mkdtemp(path.join(shortFolder(), 'cache-'));
  const serverPath = path.join(extension, 'dist', 'server.mjs');
  const settings = { cacheFolder, executionProvider: 'cpu', languageDevice: 'cpu' } as const;
  const client = await VideoChatClient.spawn({ serverPath, initialize: { settings } });
  try {
    const clip = path.join(repository, 'models', modelId, 'sample.mp4');
    const { videoId } = await client.request(VideoOpenRequest, { path: clip });
    const { chatId } = await client.request(ChatCreateRequest, { videoId, modelId });
    const waited: Waited[] = [];
    for (let round = 0; round <= rounds; round++) {
      const start = performance.now();
      let first: number | undefined;
      const onProgress = ({ kind }: ChatProgress): void => {
        first ??= kind === 'delta' ? performance.now() - start : undefined;
      };
      const answer = await client.request(ChatSendRequest, { chatId, text: question, sampling: { temperature: 0 } }, { onProgress });
      waited.push(toWaited(first ?? NaN, performance.now() - start, answer));
    }
    return waited.slice(1);
  } finally {
    await client.dispose();
    await rm(cacheFolder, { recursive: true, force: true });
  }
}

async function throughEditor(extension: string): Promise<Waited[]> {
  const editor = await ProbedEditor.open(extension);
  try {
    await editor.ask('chatWith', clipName);
    await editor.panel.playable();
    const recordings: Recording[] = [];
    for (let round = 0; round <= rounds; round++) {
      recordings.push(await editor.panel.askAndRecord(question));
    }
    const results = await savedResults(editor.server.folder, recordings.length);
    const waited = recordings.map(({ askedAt, versions }, index) => {
      const at = (place: number): number => (versions.at(place)?.at ?? NaN) - askedAt;
      return toWaited(at(0), at(-1), results[index] as Result);
    });
    // The first loads the model and looks at the clip.
    return waited.slice(1);
  } finally {
    await editor.close();
  }
}

type Result = Pick<ChatAnswer, 'timings' | 'tokens'>;

function toWaited(first: number, total: number, { timings, tokens }: Result): Waited {
  return { first, total, engine: timings.total, engineFirst: timings.firstToken, tokens: tokens.generated };
}

/** The engine's account is kept with the conversation, which is written a moment after it has changed. */
async function savedResults(folder: string, count: number): Promise<Result[]> {
  for (let attempt = 0; attempt < 50; attempt++) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    const names = await readdir(folder, { recursive: true });
    const name = names.find((each) => /conversations[\\/][^\\/]+\.json$/.test(each));
    if (name !== undefined) {
      const { turns } = JSON.parse(await readFile(path.join(folder, name), 'utf8')) as { turns: { result?: Result }[] };
      const results = turns.map(({ result }) => result).filter((result) => result !== undefined);
      if (results.length === count) {
        return results;
      }
    }
  }
  throw new Error('The conversation was not written.');
}
