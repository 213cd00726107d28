import { appendFile, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CancellationToken, CancellationTokenSource } from 'vscode-jsonrpc/node';
import { type CaptionedProgress, captionWindows } from '../../../server/longVideo/captionWindows.js';
import { CaptionStore } from '../../../server/longVideo/captionStore.js';
import { evenWindows } from '../../../server/longVideo/cutCaptionWindows.js';
import { ErrorCode } from '../../../server/protocol/index.js';
import { CountingCaptioner } from '../../fakes/countingCaptioner.js';

let folder: string;
let captioner: CountingCaptioner;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'videochat-test-'));
  captioner = new CountingCaptioner();
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function run(seconds: number, token = CancellationToken.None, progress?: (value: CaptionedProgress) => void): ReturnType<typeof captionWindows> {
  const store = new CaptionStore(folder, 1e6);
  return captionWindows({ contentHash: 'a', windows: evenWindows(0, 64, seconds), captioner, store, mostWindows: 100, token, ...(progress ? { progress } : {}) });
}

describe('captions of windows', () => {
  it('come in the order of time, and the first of them are spread over the clip', async () => {
    const rounds: number[][] = [];
    const captions = await run(4, undefined, ({ captions: known }) => void (known && rounds.push(known.map(({ startSeconds }) => startSeconds))));
    expect(captions).toHaveLength(16);
    expect(captions[5]).toEqual({ startSeconds: 20, endSeconds: 24, text: 'From 20 to 24.' });
    expect(rounds[0]).toEqual([4, 8, 16, 24, 32, 40, 48, 56]);
    expect(rounds.at(-1)).toHaveLength(16);
  });

  it('are not made again: the same, a part, after a restart, after a line was broken off', async () => {
    await run(4);
    expect(captioner.asked).toHaveLength(16);
    await run(4);
    expect(captioner.asked).toHaveLength(16);
    const [file = ''] = await readdir(folder);
    await appendFile(path.join(folder, file), '{"start":1,"end":2,"ba');
    await run(2);
    expect(captioner.asked).toHaveLength(16 + 32);
    await run(2);
    await run(4);
    expect(captioner.asked).toHaveLength(48);
  });

  it('are made anew by another captioner, and where they rest on something else', async () => {
    await run(4);
    captioner.key = 'another';
    await run(4);
    expect(captioner.asked).toHaveLength(32);
    captioner.rests = 'on more';
    await run(4);
    expect(captioner.asked).toHaveLength(48);
  });

  it('go on where they were stopped', async () => {
    const source = new CancellationTokenSource();
    const stopped = run(4, source.token, ({ done }) => void (done === 5 && source.cancel()));
    await expect(stopped).rejects.toMatchObject({ code: ErrorCode.RequestCancelled });
    expect(captioner.asked).toHaveLength(5);
    const told: CaptionedProgress[] = [];
    expect(await run(4, undefined, (value) => void told.push(value))).toHaveLength(16);
    expect(captioner.asked).toHaveLength(16);
    expect(told.at(-1)).toMatchObject({ done: 16, total: 16, asked: 11 });
  });

  it('keep what was said before one failed', async () => {
    captioner.failAt = 3;
    await expect(run(4)).rejects.toThrow('no more');
    captioner.failAt = Infinity;
    await run(4);
    expect(captioner.asked).toHaveLength(3 + 16 - 2);
  });

  it('are asked for several at once, come in the same order, and no more are asked for than wanted', async () => {
    const slowly = await run(4);
    captioner = new CountingCaptioner();
    captioner.key = 'wide';
    captioner.width = 4;
    // Later windows are done sooner.
    captioner.turns = ({ startSeconds }) => 20 - startSeconds / 4;
    expect(await run(4)).toEqual(slowly);
    expect(captioner.mostAtOnce).toBe(4);
    expect(captioner.asked).toHaveLength(16);
    captioner.key = 'another';
    captioner.asked.length = 0;
    const store = new CaptionStore(folder, 1e6);
    const few = await captionWindows({ contentHash: 'a', windows: evenWindows(0, 64, 4), captioner, store, mostWindows: 100, mostAsked: 6, token: CancellationToken.None });
    expect(few).toHaveLength(6);
    expect(captioner.asked).toHaveLength(6);
  });

  it('are left out where there is nothing to be said', async () => {
    captioner.unknown = ({ startSeconds }) => startSeconds < 32;
    captioner.says = ({ startSeconds }) => (startSeconds === 40 ? '' : 'Something.');
    expect((await run(4)).map(({ startSeconds }) => startSeconds)).toEqual([32, 36, 44, 48, 52, 56, 60]);
    expect(captioner.asked).toHaveLength(8);
    await run(4);
    expect(captioner.asked).toHaveLength(8);
  });
});
