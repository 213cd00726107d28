import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { cvatFormat } from '../../../../server/dataset/formats/cvatFormat.js';
import { elanFormat } from '../../../../server/dataset/formats/elanFormat.js';
import type { ExportPiece, Format, PieceItem } from '../../../../server/dataset/formats/format.js';
import { srtFormat, webvttFormat } from '../../../../server/dataset/formats/subtitleFormat.js';
import { ErrorCode } from '../../../../server/protocol/index.js';
import { passThrough, readPieces, writePieces } from './passThrough.js';

const golden = (name: string): Buffer => readFileSync(new URL(`../../../golden/dataset/${name}`, import.meta.url));
const segment = (start: number, end: number, fields: object = {}): PieceItem => ({ list: 'segments', item: { id: `n${start}`, start, end, ...fields } });
const invalid = { code: ErrorCode.FormatInvalid };

async function edited(format: Format, name: string, edit: (items: PieceItem[]) => void, text: string | Buffer = golden(name)): Promise<string> {
  const take = (pieces: ExportPiece[]): ExportPiece[] => {
    edit(pieces[0]?.items ?? []);
    return pieces;
  };
  const { files } = await passThrough(format, { [name]: text }, take, { path: '', fps: 30 });
  return files.get(name) ?? '';
}

describe('WebVTT', () => {
  it('has captions without tags', async () => {
    const { pieces } = await readPieces(webvttFormat, { 'sub/subtitles.vtt': golden('subtitles.vtt') });
    expect(pieces[0]?.clip).toBe('sub/subtitles.mp4');
    expect(pieces[0]?.items.map(({ item }) => item)).toEqual([
      { start: 1, end: 2.5, caption: 'A man & a dog.' },
      { start: 5.25, end: 6, caption: 'Two lines,\nthe second in italics' },
      { start: 9, end: 3, caption: 'Reversed, and before the last' },
      { start: 360000, end: 360001.001, caption: 'Späť 视频' },
      { start: 4, end: 4.1, caption: '' },
      { start: 1, end: 2.5, caption: 'The same identifier again' },
    ]);
  });

  it('takes edits and keeps identifiers, settings and tags around', async () => {
    const text = 'WEBVTT\n\na\n00:01.000 --> 00:02.000 line:0\n<v Ann>One</v>\n\nNOTE n\n\n00:00:04.000 --> 00:00:05.000\nTwo <b>bold</b>\n';
    const result = await edited(
      webvttFormat,
      'a.vtt',
      (items) => {
        Object.assign(items[0]?.item ?? {}, { caption: 'Uno & <dos>', end: 1.5 });
        Object.assign(items[1]?.item ?? {}, { caption: 'Due\n\n-->' });
        items.push(segment(3, 3.9996, { label: 'Run' }), segment(0.5, 0.6, { caption: ' ' }));
      },
      text,
    );
    expect(result).toBe(
      'WEBVTT\n\na\n00:01.000 --> 00:00:01.500 line:0\n<v Ann>Uno &amp; &lt;dos&gt;</v>\n\n00:00:03.000 --> 00:00:04.000\nRun\n\nNOTE n\n\n00:00:04.000 --> 00:00:05.000\nDue\n--&gt;\n',
    );
  });

  it.each([
    ['another kind of file', '{"a": 1}'],
    ['no times', 'WEBVTT\n\n1 --> 2\nx\n'],
    ['bytes that are no text', Buffer.from([0x57, 0x45, 0xff, 0xfe])],
  ])('refuses %s', async (_name, text) => {
    await expect(readPieces(webvttFormat, { 'a.vtt': text })).rejects.toMatchObject(invalid);
  });
});

describe('SRT', () => {
  it('numbers anew where a cue was added', async () => {
    const result = await edited(srtFormat, 'a.srt', (items) => void items.push(segment(1.5, 2, { caption: 'new' })), '1\n00:00:01,000 --> 00:00:02,000\nA <i>man</i>\n\n2\n00:00:03,000 --> 00:00:04,000\nB\n');
    expect(result).toBe('1\n00:00:01,000 --> 00:00:02,000\nA <i>man</i>\n\n2\n00:00:01,500 --> 00:00:02,000\nnew\n\n3\n00:00:03,000 --> 00:00:04,000\nB\n');
  });

  it('writes a file for each clip, also where two have one name', async () => {
    const piece = (clip: string): ExportPiece => ({ clip, items: [segment(0, 1, { caption: clip })], media: { path: clip } });
    const { files } = await writePieces(srtFormat, [piece('d/a.mp4'), piece('d/a.mkv'), piece('b.webm')]);
    expect([...files.keys()]).toEqual(['d/a.srt', 'd/a.mkv.srt', 'b.srt']);
    expect(files.get('d/a.mkv.srt')).toBe('1\n00:00:00,000 --> 00:00:01,000\nd/a.mkv\n');
  });
});

describe('ELAN', () => {
  it('has tiers as tracks, and vocabularies as labels', async () => {
    const { pieces } = await readPieces(elanFormat, { 'x/elan.eaf': golden('elan.eaf') });
    expect(pieces[0]?.clip).toBe('x/My clip.mp4');
    expect(pieces[0]?.items.map(({ item }) => item)).toEqual([
      { start: 0.5, end: 1.5, track: 'Speech', caption: 'Grüß <Gott> 视' },
      { start: 4.25, end: 3, track: 'Speech', caption: '' },
      { start: 0.5, end: 4.25, track: 'Gesture', label: 'wave' },
    ]);
  });

  it('takes edits: times, values, tiers, new ones, and what refers to a deleted one', async () => {
    const result = await edited(elanFormat, 'elan.eaf', (items) => {
      Object.assign(items[2]?.item ?? {}, { end: 2, label: 'nod' });
      items.splice(0, 2);
      items.push(segment(1, 2.0004, { track: 'New', caption: 'a < b' }));
    });
    expect(result).toContain('<TIME_SLOT TIME_SLOT_ID="ts6" TIME_VALUE="500"/>');
    expect(result).toMatch(/TIME_VALUE="1500"\/>\s*<TIME_SLOT TIME_SLOT_ID="ts7" TIME_VALUE="2000"/);
    expect(result).toMatch(/<ALIGNABLE_ANNOTATION ANNOTATION_ID="a5" CVE_REF="cveid1" TIME_SLOT_REF1="ts6" TIME_SLOT_REF2="ts7">\s*<ANNOTATION_VALUE>nod</);
    expect(result).not.toContain('REF_ANNOTATION ANNOTATION_ID="a4"');
    expect(result).toContain('without a begin');
    expect(result).toMatch(/<TIER LINGUISTIC_TYPE_REF="default-lt" TIER_ID="New">\s*<ANNOTATION>\s*<ALIGNABLE_ANNOTATION ANNOTATION_ID="a6" TIME_SLOT_REF1="ts8" TIME_SLOT_REF2="ts9">\s*<ANNOTATION_VALUE>a &lt; b</);
  });

  it('makes documents that it reads again', async () => {
    const items = [segment(0, 1, { track: 'A', caption: 'x\n"y"' }), segment(2, 3, { label: 'L' })];
    const { files } = await writePieces(elanFormat, [{ clip: 'd/clip 1.mp4', items, media: { path: '' } }]);
    const { pieces } = await readPieces(elanFormat, { 'd/clip 1.eaf': files.get('d/clip 1.eaf') ?? '' });
    expect(pieces[0]?.clip).toBe('d/clip 1.mp4');
    expect(pieces[0]?.items.map(({ item }) => item)).toEqual([
      { start: 0, end: 1, track: 'A', caption: 'x\n"y"' },
      { start: 2, end: 3, track: 'main', caption: 'L' },
    ]);
  });

  it.each([
    ['a document type', '<!DOCTYPE a [<!ENTITY x "y">]><ANNOTATION_DOCUMENT>&x;</ANNOTATION_DOCUMENT>'],
    ['an entity of its own', '<ANNOTATION_DOCUMENT>&nbsp;</ANNOTATION_DOCUMENT>'],
    ['too many levels', `${'<a>'.repeat(100)}${'</a>'.repeat(100)}`],
    ['an open end', '<ANNOTATION_DOCUMENT><TIER>'],
    ['another root', '<annotations/>'],
    ['another encoding', '<?xml version="1.0" encoding="ISO-8859-1"?><ANNOTATION_DOCUMENT/>'],
    ['bytes that are no text', Buffer.from([0xff, 0xfe, 0x3c, 0x00])],
    ['nothing', ''],
  ])('refuses %s', async (_name, text) => {
    await expect(readPieces(elanFormat, { 'a.eaf': text })).rejects.toMatchObject(invalid);
  });
});

describe('CVAT for video', () => {
  it('has a segment for each track and tag', async () => {
    const { pieces } = await readPieces(cvatFormat, { 'cvat_video.xml': golden('cvat_video.xml') }, { path: '', fps: 30 });
    expect(pieces[0]?.clip).toBe('street.mp4');
    expect(pieces[0]?.items.map(({ item }) => item)).toEqual([
      { start: 1, end: 2, label: 'car' },
      { start: 0.166667, end: 0.2, label: 'person' },
      { start: 0.666667, end: 1.833333, label: 'gap' },
      { start: 3, end: 3.033333, label: 'cut' },
    ]);
  });

  it('says so where the rate of frames is not known, and loses nothing', async () => {
    const text = golden('cvat_video.xml');
    const { pieces, skipped, files } = await passThrough(cvatFormat, { 'a.xml': text });
    expect(pieces[0]?.items).toEqual([]);
    expect(skipped).toEqual([{ position: 0, message: expect.stringContaining('street.mp4 is not known') as string }]);
    expect(files.get('a.xml')).toContain('label="gap"');
  });

  it('cuts and prolongs shapes, and makes boxes of new segments', async () => {
    const result = await edited(cvatFormat, 'cvat_video.xml', (items) => {
      Object.assign(items[0]?.item ?? {}, { start: 31 / 30, end: 3, label: 'bus' });
      items.splice(1, 3);
      items.push(segment(0, 1, { label: 'Run' }));
    });
    const tracks = [...result.matchAll(/<track id="(\d+)" label="(\w+)"[^>/]*>(.*?)<\/track>/gs)].map(([, id, label, shapes = '']) => [
      id,
      label,
      ...[...shapes.matchAll(/frame="(\d+)" keyframe="1" outside="(\d)"[^>]*? xtl="([\d.]+)"/g)].map(([, ...each]) => each.join(' ')),
    ]);
    expect(tracks).toEqual([
      ['0', 'bus', '31 0 11.50', '90 1 11.50'],
      ['4', 'Run', '0 0 0.00', '30 1 0.00'],
    ]);
    expect(result).not.toContain('<tag');
    expect(result).toContain('label="ghost"');
    expect(result).toContain('xbr="640.00" ybr="360.00"');
  });
});
