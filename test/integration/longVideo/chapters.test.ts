import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { VideoChatClient } from '../../../server/client/videoChatClient.js';
import { createEngineParts } from '../../../server/engine/createEngineParts.js';
import { ComparisonCreateRequest, ErrorCode, NarrationCreateRequest, SummaryCreateRequest, type SummaryProgress, VideoOpenRequest, writeFfmetadata } from '../../../server/protocol/index.js';
import { buildOutput } from '../../../server/setup/buildOutput.mjs';
import { findFfmpeg } from '../../../server/video/findFfmpeg.js';
import { ServerInProcess } from '../../fakes/connectedPair.js';
import { removeTemporaryFolders, temporaryFolder } from '../../fixtures/tinyEncoder.js';

const repository = fileURLToPath(new URL('../../../', import.meta.url));
const run = promisify(execFile);
const modelId = 'videochat-mini';

let folder: string;
let server: ServerInProcess;
let client: VideoChatClient;
let canWrite = true;

/** A scene of one colour with a line of text, and seconds of it. */
type Scene = readonly [words: string, colour: string, seconds: number];

beforeAll(async () => {
  await buildOutput(repository);
  folder = await temporaryFolder();
  server = new ServerInProcess(createEngineParts(), await temporaryFolder());
  client = await server.connect();
  const day: Scene[] = [['BREAKFAST', '0x206030', 4], ['STATION', '0x303080', 5], ['LUNCH', '0x803020', 3], ['GOOD NIGHT', '0x202020', 4]];
  await make('day.mp4', day).catch(() => (canWrite = false));
  await make('evening.mp4', [['STATION', '0x707070', 4], ['CINEMA', '0x102040', 4]]).catch(() => (canWrite = false));
});
afterAll(async () => {
  await server.dispose();
  removeTemporaryFolders();
});

async function make(name: string, scenes: readonly Scene[]): Promise<void> {
  const { ffmpeg } = await findFfmpeg();
  const inputs = scenes.flatMap(([, colour, seconds]) => ['-f', 'lavfi', '-i', `color=${colour}:size=480x272:rate=10:duration=${seconds}`]);
  const written = scenes.map(([words], i) => `[${i}:v]drawtext=text='${words}':fontsize=48:fontcolor=white:x=60:y=110[v${i}]`);
  const filter = `${written.join(';')};${scenes.map((_, i) => `[v${i}]`).join('')}concat=n=${scenes.length}:v=1[v]`;
  await run(ffmpeg, ['-hide_banner', '-loglevel', 'error', '-y', ...inputs, '-filter_complex', filter, '-map', '[v]', '-c:v', 'libx264', '-pix_fmt', 'yuv420p', join(folder, name)]);
}
const open = async (name: string): Promise<string> => (await client.request(VideoOpenRequest, { path: join(folder, name) })).videoId;
const words = (text: string): string => text.toUpperCase().replace(/[^A-Z]/g, '');

describe('a clip of several scenes', () => {
  it('has a chapter for each, named by what can be read, and ffmpeg reads them back', async ({ skip }) => {
    if (!canWrite) skip('this ffmpeg writes no text');
    const progress: SummaryProgress[] = [];
    const summary = await client.request(
      SummaryCreateRequest,
      { videoId: await open('day.mp4'), modelId, kind: 'chapters', answersFrom: 'events' },
      { onProgress: (value) => void progress.push(value) },
    );
    const { chapters = [] } = summary;
    expect(chapters.map(({ startSeconds }) => startSeconds)).toEqual([0, 4, 9, 12]);
    expect(chapters.map(({ title }) => words(title))).toEqual(['BREAKFAST', 'STATION', 'LUNCH', 'GOODNIGHT']);
    expect(chapters.every(({ titledBy }) => titledBy === 'events')).toBe(true);
    expect(summary).toMatchObject({ kind: 'chapters', from: 'events', plan: { spec: 'timeline' } });
    expect(summary.moments.map(({ segment }) => segment)).toEqual(chapters.map(({ startSeconds, endSeconds }) => ({ startSeconds, endSeconds })));
    expect(progress.map((value) => (value.kind === 'delta' ? value.text : '')).join('')).toBe(summary.text);

    // A title that tries to be more than one.
    const nasty = chapters.map((chapter, i) => (i === 1 ? { ...chapter, title: 'a=b; [CHAPTER] #1 \\ "q"\nEND=1' } : chapter));
    await writeFile(join(folder, 'chapters.txt'), writeFfmetadata(nasty, { title: 'My; day' }));
    const { ffmpeg, ffprobe } = await findFfmpeg();
    const out = join(folder, 'with-chapters.mkv');
    await run(ffmpeg, ['-loglevel', 'error', '-y', '-i', join(folder, 'day.mp4'), '-i', join(folder, 'chapters.txt'), '-map', '0', '-map_metadata', '1', '-map_chapters', '1', '-codec', 'copy', out]);
    const { stdout } = await run(ffprobe, ['-v', 'error', '-show_chapters', '-show_format', '-of', 'json', out]);
    const read = JSON.parse(stdout) as { chapters: { start_time: string; end_time: string; tags: { title: string } }[]; format: { tags: Record<string, string> } };
    expect(read.chapters.map(({ start_time, end_time, tags }) => [Number(start_time), Number(end_time), tags.title])).toEqual(
      nasty.map(({ startSeconds, endSeconds, title }) => [startSeconds, endSeconds, title]),
    );
    expect(read.format.tags['title']).toBe('My; day');
  });

  it('is told of in detail, part by part, also in a part of it', async ({ skip }) => {
    if (!canWrite) skip('this ffmpeg writes no text');
    const videoId = await open('day.mp4');
    const detailed = await client.request(SummaryCreateRequest, { videoId, modelId, kind: 'detailed', answersFrom: 'events' });
    expect(detailed.text.split('\n\n').map(words)).toEqual(['BREAKFAST', 'STATION', 'LUNCH', 'GOODNIGHT']);
    expect(detailed.moments[1]).toEqual({ text: '0:04–0:09', segment: { startSeconds: 4, endSeconds: 9 } });
    const span = { startSeconds: 5, endSeconds: 11 };
    const part = await client.request(SummaryCreateRequest, { videoId, modelId, kind: 'chapters', answersFrom: 'events', span });
    expect(part.span).toEqual(span);
    expect(part.chapters?.map(({ title, startSeconds, endSeconds }) => [words(title), startSeconds, endSeconds])).toEqual([['STATION', 5, 9], ['LUNCH', 9, 11]]);
    await expect(client.request(SummaryCreateRequest, { videoId, modelId, span: { startSeconds: 99, endSeconds: 100 } })).rejects.toMatchObject({ code: ErrorCode.FramePlanInvalid });
  });

  it('is narrated a line every few seconds', async ({ skip }) => {
    if (!canWrite) skip('this ffmpeg writes no text');
    const narration = await client.request(NarrationCreateRequest, { videoId: await open('day.mp4'), modelId, answersFrom: 'events', everySeconds: 4 });
    expect(narration.lines.map(({ startSeconds, endSeconds }) => [startSeconds, endSeconds])).toEqual([[0, 4], [4, 8], [8, 12], [12, 16]]);
    expect(words(narration.lines[1]?.text ?? '')).toBe('STATION');
  });

  it('is compared with another one', async ({ skip }) => {
    if (!canWrite) skip('this ffmpeg writes no text');
    const comparison = await client.request(ComparisonCreateRequest, { videoIds: [await open('day.mp4'), await open('evening.mp4')] });
    expect(comparison.shots).toEqual([4, 2]);
    const lines = comparison.things.filter(({ track }) => track === 'text').map(({ label, presence: [a, b] }) => [words(label), a !== null, b !== null]);
    expect(lines[0]).toEqual(['STATION', true, true]);
    expect(lines).toContainEqual(['CINEMA', false, true]);
    expect(lines).toContainEqual(['LUNCH', true, false]);
    const station = comparison.things.find(({ label }) => words(label) === 'STATION');
    expect(station?.presence[0]).toMatchObject({ times: 1, seconds: 5 });
    expect(comparison.text).toBeUndefined();
    // No sound in either.
    expect(comparison.missing.map(({ video, track }) => [video, track])).toEqual([[0, 'speech'], [1, 'speech']]);
  });
});
