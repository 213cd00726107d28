import { describe, expect, it } from 'vitest';
import { type Clip, summarizeMany } from '../../../extension/summaries/summarizeMany.js';
import type { SummaryEntry } from '../../../extension/summaries/documentText.js';
import { cancellationSource } from '../../../server/common/cancellation.js';
import { ErrorCode, type Summary, VideoChatError } from '../../../server/protocol/index.js';
import { clipSummary } from '../../fakes/clipSummary.js';

const clips = (count: number): Clip[] => Array.from({ length: count }, (_, index) => ({ path: `/c/${index}.mp4`, name: `${index}.mp4` }));
const refuse = (code: ErrorCode): never => {
  throw new VideoChatError(code, `error ${code}`, { hint: 'Do something.' });
};

/** Summarises clips whose content hash is their path; `behave` may fail first. */
function run(names: Clip[], behave: (path: string) => void = () => undefined, options: { done?: [hash: string, name: string][]; copies?: string[]; givenUp?: () => boolean } = {}) {
  const entries: SummaryEntry[] = [];
  const asked: string[] = [];
  const source = cancellationSource();
  const result = summarizeMany(
    {
      clips: names,
      done: new Map(options.done),
      hasCopy: ({ name }) => options.copies?.includes(name) ?? false,
      token: source.token,
      summarize: async ({ path, wanted }): Promise<Summary | undefined> => {
        asked.push(path);
        const summary = clipSummary({ path, contentHash: path });
        if (wanted && !wanted(summary.facts)) {
          return undefined;
        }
        behave(path);
        return summary;
      },
      write: async (entry) => void entries.push(entry),
      skip: async () => undefined,
      report: () => undefined,
    },
    options.givenUp ?? (() => false),
  );
  return { result, entries, asked, source };
}

describe('summaries of many clips', () => {
  it('are written one by one, in order', async () => {
    const { result, entries } = run(clips(3));
    expect(await result).toEqual({ written: 3, failed: 0, skipped: 0, copies: 0, cancelled: false });
    expect(entries.map(({ name }) => name)).toEqual(['0.mp4', '1.mp4', '2.mp4']);
  });

  it('leave out what is there already', async () => {
    const { result, entries } = run(clips(3), undefined, { done: [['/c/1.mp4', '1.mp4']] });
    expect(await result).toEqual({ written: 2, failed: 0, skipped: 1, copies: 0, cancelled: false });
    expect(entries.map(({ name }) => name)).toEqual(['0.mp4', '2.mp4']);
  });

  it('are made once of clips with the same content; the others are said to be copies, also in a later run', async () => {
    const twice = [...clips(2), { path: '/c/0.mp4', name: 'copy.mp4' }];
    const first = run(twice);
    expect(await first.result).toEqual({ written: 2, failed: 0, skipped: 0, copies: 1, cancelled: false });
    expect(first.entries.at(-1)).toEqual({ kind: 'copy', name: 'copy.mp4', of: '0.mp4' });
    const done: [string, string][] = [['/c/0.mp4', '0.mp4'], ['/c/1.mp4', '1.mp4']];
    const late = run(twice, undefined, { done });
    expect(await late.result).toEqual({ written: 0, failed: 0, skipped: 2, copies: 1, cancelled: false });
    expect(late.entries).toEqual([{ kind: 'copy', name: 'copy.mp4', of: '0.mp4' }]);
    const again = run(twice, undefined, { done, copies: ['copy.mp4'] });
    expect(await again.result).toMatchObject({ written: 0, copies: 1 });
    expect(again.entries).toEqual([]);
  });

  it('stay where they are when a clip has another name now, or an older version kept none', async () => {
    const { result, entries } = run(clips(2), undefined, { done: [['/c/0.mp4', 'old name.mp4'], ['/c/1.mp4', '']] });
    expect(await result).toMatchObject({ written: 0, skipped: 2, copies: 0 });
    expect(entries).toEqual([]);
  });

  it.each([ErrorCode.VideoUnreadable, ErrorCode.ConnectionLost, ErrorCode.InternalError])('go on after a clip that fails with %d', async (code) => {
    const { result, entries } = run(clips(3), (path) => path === '/c/1.mp4' && refuse(code));
    expect(await result).toEqual({ written: 2, failed: 1, skipped: 0, copies: 0, cancelled: false });
    expect(entries[1]).toEqual({ kind: 'failure', name: '1.mp4', message: `error ${code} Do something.` });
  });

  it.each([ErrorCode.FfmpegMissing, ErrorCode.ModelUnknown, ErrorCode.NotTrusted])('end at once where every clip would fail: %d', async (code) => {
    const { result, entries, asked } = run(clips(3), () => refuse(code));
    await expect(result).rejects.toThrow(`error ${code}`);
    expect([entries.length, asked.length]).toEqual([0, 1]);
  });

  it('end when the server has been given up', async () => {
    const { result, asked } = run(clips(3), () => refuse(ErrorCode.ConnectionLost), { givenUp: () => true });
    await expect(result).rejects.toThrow('error 104');
    expect(asked).toHaveLength(1);
  });

  it('stop when cancelled, without a line about the clip in hand; and go on from there', async () => {
    const first = run(clips(4), (path) => {
      if (path === '/c/2.mp4') {
        first.source.cancel();
        refuse(ErrorCode.RequestCancelled);
      }
    });
    expect(await first.result).toEqual({ written: 2, failed: 0, skipped: 0, copies: 0, cancelled: true });
    const done = first.entries.flatMap((entry) => (entry.kind === 'summary' ? [[entry.summary.facts.contentHash, entry.name] as [string, string]] : []));
    const second = run(clips(4), undefined, { done });
    expect(await second.result).toEqual({ written: 2, failed: 0, skipped: 2, copies: 0, cancelled: false });
    expect(second.entries.map(({ name }) => name)).toEqual(['2.mp4', '3.mp4']);
  });
});
