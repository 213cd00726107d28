import MarkdownIt from 'markdown-it';
import { describe, expect, it } from 'vitest';
import { formatTime, type SummaryEntry } from '../../../extension/summaries/documentText.js';
import { addEntry, applyChanges, documentHead, hasCopy, removeLine, summarizedClips, writeEntry } from '../../../extension/summaries/summaryDocument.js';
import { english } from '../../../extension/translate.js';
import { clipSummary } from '../../fakes/clipSummary.js';

const style = {
  t: english,
  fileLink: (name: string) => encodeURIComponent(name),
  timeLink: (name: string, { startSeconds, endSeconds }: { startSeconds: number; endSeconds: number }) => `at:${encodeURIComponent(name)}/${startSeconds}-${endSeconds}`,
};
const hash = (digit: string): string => digit.repeat(64);
const entry = (name: string, digit: string): SummaryEntry => ({ kind: 'summary', name, summary: clipSummary({ contentHash: hash(digit) }) });
const failure = (name: string, message = 'Not a video.'): SummaryEntry => ({ kind: 'failure', name, message });
const add = (document: string, ...entries: SummaryEntry[]): string =>
  entries.reduce((text, each) => applyChanges(text, addEntry(text, each, style)), document);

describe('the document of summaries', () => {
  it('says what a clip is, what happens in it, which frames were looked at and by what', () => {
    const summary = clipSummary({ contentHash: hash('a') }, 'A red ball moves. At 0:02 it stops.', [{ text: '0:02', segment: { startSeconds: 2, endSeconds: 3 } }]);
    expect(writeEntry({ kind: 'summary', name: 'ball.mp4', summary }, style)).toBe(
      [
        '## [ball.mp4](ball.mp4)',
        `<!-- videochat clip sha256=${hash('a')} file=ball.mp4 -->`,
        '',
        '*0:04 · 64 × 48 · 25 frames/s · H264 · sound: aac*',
        '',
        'A red ball moves. At [0:02](at:ball.mp4/2-3) it stops.',
        '',
        'Frames looked at: [0:00.3](at:ball.mp4/0.25-0.25) · [0:00.8](at:ball.mp4/0.75-0.75)  ',
        'Model: Mini (a demonstration: its answers about real clips mean nothing)',
        '',
      ].join('\n'),
    );
  });

  it('links each time where it stands, also those that are said twice', () => {
    const at = (text: string, startSeconds: number) => ({ text, segment: { startSeconds, endSeconds: startSeconds + 1 } });
    const summary = clipSummary({}, '0:01, then 0:02, then 0:01.', [at('0:01', 1), at('0:02', 2), at('0:01', 1), at('0:09', 9)]);
    expect(writeEntry({ kind: 'summary', name: 'x', summary }, style)).toContain('[0:01](at:x/1-2), then [0:02](at:x/2-3), then [0:01](at:x/1-2).');
  });

  it('grows, and knows afterwards which clips are in it', () => {
    const document = add(documentHead('Clips', style), entry('a.mp4', 'a'), failure('b.mp4'), entry('c.mp4', 'c'));
    expect(summarizedClips(document)).toEqual(new Map([[hash('a'), 'a.mp4'], [hash('c'), 'c.mp4']]));
    expect(document.indexOf('a.mp4')).toBeLessThan(document.indexOf('b.mp4'));
    expect(document).toContain('> **[b.mp4](b.mp4)**: could not be summarized. Not a video.\n');
  });

  it('replaces the line of a failure when the clip is tried again, and only that', () => {
    const before = add(documentHead('Clips', style), failure('a-b.mp4', 'first'), entry('c.mp4', 'c'), failure('b.mp4'));
    const after = add(before, entry('a-b.mp4', 'a'));
    expect(after).not.toContain('first');
    expect(after).toContain('b.mp4');
    expect(summarizedClips(after)).toEqual(new Map([[hash('c'), 'c.mp4'], [hash('a'), 'a-b.mp4']]));
    expect(add(add('', failure('x')), failure('x', 'again')).match(/could not/g)).toHaveLength(1);
  });

  it('forgets a failure without an entry in its place', () => {
    const document = add(documentHead('Clips', style), failure('a.mp4'), entry('b.mp4', 'b'));
    expect(applyChanges(document, removeLine(document, 'a.mp4'))).toBe(add(documentHead('Clips', style), entry('b.mp4', 'b')));
    expect(removeLine(document, 'b.mp4')).toEqual([]);
  });

  it('says in a line which clip is a copy of which, until it is another clip', () => {
    const before = add(documentHead('Clips', style), entry('a.mp4', 'a'), { kind: 'copy', name: 'b-2.mp4', of: 'a.mp4' });
    expect(before).toContain('> **[b-2.mp4](b-2.mp4)**: the same clip as [a.mp4](a.mp4)\n');
    expect([hasCopy(before, 'b-2.mp4'), hasCopy(before, 'a.mp4')]).toEqual([true, false]);
    expect(summarizedClips(before)).toEqual(new Map([[hash('a'), 'a.mp4']]));
    const after = add(before, entry('b-2.mp4', 'b'));
    expect(after).not.toContain('the same clip');
    expect(hasCopy(after, 'b-2.mp4')).toBe(false);
  });

  it('reads what older versions wrote, and file names that are none', () => {
    const old = `<!-- videochat clip sha256=${hash('a')} -->\n<!-- videochat clip sha256=${hash('b')} file=%E0%A4 -->\n`;
    expect(summarizedClips(old)).toEqual(new Map([[hash('a'), ''], [hash('b'), '']]));
  });

  it('leaves what the person wrote alone', () => {
    const mine = '# Mine\n\nNotes.\n> a quote\n\nno line end';
    const after = add(mine, failure('a.mp4'), entry('a.mp4', 'a'));
    expect(after.startsWith(`${mine}\n`)).toBe(true);
    expect(after).not.toContain('could not');
  });

  it('reads documents with Windows line ends', () => {
    const document = add(documentHead('Clips', style), entry('a.mp4', 'a'), failure('b.mp4')).replace(/\n/g, '\r\n');
    expect(summarizedClips(document)).toEqual(new Map([[hash('a'), 'a.mp4']]));
    expect(add(document, entry('b.mp4', 'b'))).not.toContain('could not');
  });

  it('keeps hostile names and texts from being more than text', () => {
    const name = '](command:evil) <img src=x> --> #1_*.mp4';
    const text = '<script>alert(1)</script> ![x](https://evil/pixel) [y](command:evil)\n# Heading\n<!-- videochat clip sha256=' + hash('f') + ' -->';
    const document = add('', failure(name, '<b>\n> [z](command:evil)'), { kind: 'summary', name, summary: clipSummary({ contentHash: hash('a') }, text) });
    expect(summarizedClips(document)).toEqual(new Map([[hash('a'), name]]));
    const html = new MarkdownIt({ html: true }).render(document).replace(/<!--[\s\S]*?-->/g, '');
    expect(html).not.toMatch(/<(script|img|b)\b|href="command:|evil\/pixel"/);
    expect(html.match(/<h\d/g)).toHaveLength(1);
    expect(html.match(/<a href="([^"]*)"/g)?.every((link) => /href="(%5D|at:)/.test(link))).toBe(true);
  });

  it('says so when the model said nothing, and shows a picture without times', () => {
    const image = clipSummary({ kind: 'image', durationSeconds: 0 }, '  ');
    const text = writeEntry({ kind: 'summary', name: 'p.png', summary: image }, style);
    expect(text).toContain('*The model said nothing about this clip.*');
    expect(text).toContain('*picture · 64 × 48 · H264*');
    expect(text).not.toContain('Frames looked at');
  });

  it.each([
    [0, '0:00'],
    [5.24, '0:05.2'],
    [59.96, '1:00'],
    [3723, '1:02:03'],
  ])('writes %d s as %s', (seconds, text) => expect(formatTime(seconds)).toBe(text));
});

describe('the overview of a folder', () => {
  const rows = (document: string): string[] => document.split('\n').filter((line) => line.startsWith('| [')).map((line) => line.replace(/ <!--.*?-->/, ''));

  it('has a row for each clip, in the order in which they came', () => {
    const summary = clipSummary({ contentHash: hash('a') }, '**0:00–0:04** A red ball | moves. It stops.');
    const document = add(documentHead('Clips', style), { kind: 'summary', name: 'a.mp4', summary }, failure('b.mp4'), { kind: 'copy', name: 'c.mp4', of: 'a.mp4' });
    expect(rows(document)).toEqual([
      '| [a.mp4](a.mp4) | 0:04 | 0:00–0:04 A red ball \\| moves. |',
      '| [b.mp4](b.mp4) | | could not be summarized. |',
      '| [c.mp4](c.mp4) | | the same clip as a.mp4 |',
    ]);
    expect(new MarkdownIt().render(document)).toMatch(/<table>[\s\S]*<td>0:04<\/td>/);
    // Each clip has one row, whatever became of it before.
    const again = add(document, entry('b.mp4', 'b'));
    expect(rows(again)).toHaveLength(3);
    expect(rows(again)[2]).toBe('| [b.mp4](b.mp4) | 0:04 | A red ball moves. |');
    expect(rows(applyChanges(document, removeLine(document, 'b.mp4')))).toHaveLength(2);
  });

  it('is left out of documents that have none', () => {
    expect(rows(add('# Mine\n', entry('a.mp4', 'a')))).toEqual([]);
  });
});
