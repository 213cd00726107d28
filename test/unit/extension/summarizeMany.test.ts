import { describe, expect, it } from 'vitest';
import { type Clip, summarizeMany } from '../../../extension/summaries/summarizeMany.js';
import type { SummaryEntry } from '../../../extension/summaries/summaryDocument.js';
import { cancellationSource } from '../../../server/common/cancellation.js';
import { ErrorCode, type Summary, VideoChatError } from '../../../server/protocol/index.js';
import { clipSummary } from '../../fakes/clipSummary.js';

const clips = (count: number): Clip[] => Array.from({ length: count }, (_, index) => ({ path: `/c/${index}.mp4`, name: `${index}.mp4` }));
const refuse = (code: ErrorCode): never => {
  throw new VideoChatError(code, `error ${code}`, { hint: 'Do something.' });
};

/** Summarises clips whose content hash is their path; `behave` may fail first. */
function run(names: Clip[], behave: (path: string) => void = () => undefined, options: { done?: string[]; givenUp?: () => boolean } = {}) {
  const entries: SummaryEntry[] = [];
  const asked: string[] = [];
  const source = cancellationSource();
  const result = summarizeMany(
    {
      clips: names,
      done: new Set(options.done),
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
    expect(await result).toEqual({ written: 3, failed: 0, skipped: 0, cancelled: false });
    expect(entries.map(({ name }) => name)).toEqual(['0.mp4', '1.mp4', '2.mp4']);
  });

  it('leave out what is there already, but no copy of a clip that is new', async () => {
    const twice = [...clips(3), { path: '/c/0.mp4', name: 'copy.mp4' }];
    const { result, entries } = run(twice, undefined, { done: ['/c/1.mp4'] });
    expect(await result).toEqual({ written: 3, failed: 0, skipped: 1, cancelled: false });
    expect(entries.map(({ name }) => name)).toEqual(['0.mp4', '2.mp4', 'copy.mp4']);
  });

  it.each([ErrorCode.VideoUnreadable, ErrorCode.ConnectionLost, ErrorCode.InternalError])('go on after a clip that fails with %d', async (code) => {
    const { result, entries } = run(clips(3), (path) => path === '/c/1.mp4' && refuse(code));
    expect(await result).toEqual({ written: 2, failed: 1, skipped: 0, cancelled: false });
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
    expect(await first.result).toEqual({ written: 2, failed: 0, skipped: 0, cancelled: true });
    const done = first.entries.flatMap((entry) => (entry.kind === 'summary' ? [entry.summary.facts.contentHash] : []));
    const second = run(clips(4), undefined, { done });
    expect(await second.result).toEqual({ written: 2, failed: 0, skipped: 2, cancelled: false });
    expect(second.entries.map(({ name }) => name)).toEqual(['2.mp4', '3.mp4']);
  });
});
