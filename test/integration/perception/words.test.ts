import { execFile } from 'node:child_process';
import { chmod, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CancellationTokenSource } from 'vscode-jsonrpc/node';
import { silentLogger } from '../../../server/common/logger.js';
import type { VideoChatClient } from '../../../server/client/videoChatClient.js';
import { createEngineParts } from '../../../server/engine/createEngineParts.js';
import type { Perception } from '../../../server/perception/perception.js';
import { PerceptionHost } from '../../../server/perception/perceptionHost.js';
import { findPocketsphinx } from '../../../server/perception/sound/pocketsphinx.js';
import { ErrorCode, type Timeline, type TimelineCreateParams, type TimelineCreateProgress, TimelineCreateRequest, VideoOpenRequest } from '../../../server/protocol/index.js';
import { findFfmpeg } from '../../../server/video/findFfmpeg.js';
import { ColourEyes } from '../../fakes/colourEyes.js';
import { ServerInProcess } from '../../fakes/connectedPair.js';
import { builtPerceptionProgram, perceptionFixture } from '../../fixtures/perceptionModels.js';
import { removeTemporaryFolders, temporaryFolder } from '../../fixtures/tinyEncoder.js';
import { installTinyWhisper, tinyWhisper, whisperSound } from '../../fixtures/tinyWhisper.js';

let folder: string;
let cache: string;
let program: string;
const servers: ServerInProcess[] = [];
const hasPocketsphinx = await findPocketsphinx().then(() => true, () => false);

beforeAll(async () => {
  folder = await temporaryFolder();
  program = await builtPerceptionProgram();
  const tone = `aevalsrc='0.5*sin(2*PI*300*t)*(between(t,1,2.5)+between(t,5,6.5)+between(t,12,13))':s=44100:d=15`;
  await make('tones.mp4', ['-f', 'lavfi', '-i', 'color=blue:size=64x36:rate=5:duration=15', '-f', 'lavfi', '-i', tone, '-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-c:a', 'aac']);
  const speech = ['-f', 'lavfi', '-i', 'color=blue:size=64x36:rate=5:duration=6', '-i', perceptionFixture('speech.flac')];
  await make('speech.mp4', [...speech, '-af', 'adelay=2000:all=1,apad', '-shortest', '-c:v', 'libx264', '-pix_fmt', 'yuv420p', '-c:a', 'aac']);
});
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.dispose()));
});
afterAll(removeTemporaryFolders);

async function make(name: string, args: readonly string[]): Promise<void> {
  const { ffmpeg } = await findFfmpeg();
  await promisify(execFile)(ffmpeg, ['-hide_banner', '-loglevel', 'error', '-y', ...args, join(folder, name)]);
}

async function connect(eyes: Perception, fresh = true): Promise<VideoChatClient> {
  if (fresh) cache = await temporaryFolder();
  const server = new ServerInProcess({ ...createEngineParts(), perception: { open: async () => eyes } }, cache);
  servers.push(server);
  return server.connect();
}
async function host(modelFolders: string[] = []): Promise<PerceptionHost> {
  return PerceptionHost.open({ modelFolders, threads: 1, logger: silentLogger, program });
}
async function listen(client: VideoChatClient, name: string, params: Partial<TimelineCreateParams> = {}, more: object = {}): Promise<Timeline> {
  const { videoId } = await client.request(VideoOpenRequest, { path: join(folder, name) });
  return client.request(TimelineCreateRequest, { videoId, tracks: ['speech'], ...params }, more);
}
const brief = ({ events }: Timeline): unknown[] => events.map(({ label, startSeconds, endSeconds }) => [label, Number(startSeconds.toFixed(1)), Number(endSeconds.toFixed(1))]);
const ears = (): ColourEyes => new ColourEyes(['voice', 'transcription']);

describe('words that a speech model hears', () => {
  it('are events with their times, from pieces with a voice only, told as they come', async () => {
    const eyes = ears();
    const progress: TimelineCreateProgress[] = [];
    const timeline = await listen(await connect(eyes), 'tones.mp4', {}, { onProgress: (value: TimelineCreateProgress) => void progress.push(value) });
    expect(brief(timeline)).toEqual([['1.9 seconds', 0.8, 2.7], ['1.9 seconds', 4.8, 6.7], ['1.4 seconds', 11.8, 13.2]]);
    expect(timeline.events[0]).toMatchObject({ source: 'transcription-model', confidence: 0.7 });
    expect(timeline.models.map(({ id }) => id)).toEqual(['voice-model', 'transcription-model']);
    expect(timeline.tracks).toEqual([{ track: 'speech', state: 'complete' }]);
    expect(progress.filter((value) => value.kind === 'step' && value.what === 'words').at(-1)).toMatchObject({ done: 3, total: 3 });
    const told = progress.flatMap((value) => (value.kind === 'track' ? [value.events.filter(({ source }) => source === 'transcription-model').length] : []));
    expect(told).toEqual(expect.arrayContaining([0, 1, 2, 3]));
  });

  it('are kept, by language, and heard for the part that is asked for', async () => {
    const eyes = ears();
    const client = await connect(eyes);
    await listen(client, 'tones.mp4', { span: { startSeconds: 4, endSeconds: 8 } });
    expect(eyes.transcribed).toHaveLength(1);
    const whole = await listen(client, 'tones.mp4');
    expect(eyes.transcribed).toHaveLength(3);
    const again = ears();
    expect(await listen(await connect(again, false), 'tones.mp4')).toEqual(whole);
    expect(again.transcribed).toEqual([]);
    await listen(client, 'tones.mp4', { speech: { language: 'de' } });
    expect(eyes.transcribed.slice(3).map(({ language }) => language)).toEqual(['de', 'de', 'de']);
    await expect(listen(client, 'tones.mp4', { speech: { language: '../x' } })).rejects.toMatchObject({ code: ErrorCode.InvalidParams });
  });

  it('are not looked for where subtitles tell them', async () => {
    await writeFile(join(folder, 'tones.srt'), '1\n00:00:00,500 --> 00:00:03,000\nGood evening.\n');
    const eyes = ears();
    const timeline = await listen(await connect(eyes), 'tones.mp4');
    await writeFile(join(folder, 'tones.srt'), '');
    expect(brief(timeline)).toEqual([['Good evening.', 0.5, 3], ['1.9 seconds', 4.8, 6.7], ['1.4 seconds', 11.8, 13.2]]);
    expect(eyes.transcribed).toHaveLength(2);
  });

  it('come from a whisper that a person installs in a model folder', async () => {
    const eyes = await host([installTinyWhisper(await temporaryFolder())]);
    expect(eyes.isAvailable('transcription')).toBe(true);
    const samples = whisperSound(7.3, 11);
    const heard = await eyes.transcribe(samples);
    const own = await tinyWhisper('merged', 48);
    expect(heard).toEqual(await own.hear(samples, undefined, () => undefined));
    expect(heard.lines.length).toBeGreaterThan(0);
    // What it makes of recorded speech is nonsense, but it comes out as events of its own.
    const timeline = await listen(await connect(eyes), 'speech.mp4');
    expect(timeline.tracks).toEqual([{ track: 'speech', state: 'complete' }]);
    expect(timeline.models.map(({ id }) => id)).toEqual(['tiny-whisper', 'silero-vad']);
    for (const { source, startSeconds, endSeconds } of timeline.events) {
      expect(['tiny-whisper', 'silero-vad']).toContain(source);
      expect(startSeconds).toBeGreaterThan(1.5);
      expect(endSeconds).toBeLessThanOrEqual(6);
    }
  });

  it('are missing where the model is not the one of its manifest: that somebody speaks is told all the same', async () => {
    for (const change of [{ layers: 3 }, { bins: 128 }, { heads: 5 }]) {
      const eyes = await host([installTinyWhisper(await temporaryFolder(), (manifest) => ({ ...manifest, ...change }))]);
      const timeline = await listen(await connect(eyes), 'speech.mp4');
      expect(timeline.tracks[0]).toMatchObject({ state: 'partial', note: expect.stringContaining('cannot be used') });
      expect(timeline.events.length).toBeGreaterThan(0);
      expect(timeline.events.every(({ label }) => label === 'speech')).toBe(true);
      await servers.pop()?.dispose();
    }
  });

  it('in a language that the model does not know are none', async () => {
    const eyes = await host([installTinyWhisper(await temporaryFolder())]);
    const timeline = await listen(await connect(eyes), 'speech.mp4', { speech: { language: 'xx' } });
    expect(timeline.tracks[0]).toMatchObject({ state: 'partial', note: expect.stringContaining('knows no language "xx"') });
  });

  it('can be stopped, without ending the process', async () => {
    const eyes = await host([installTinyWhisper(await temporaryFolder())]);
    await eyes.transcribe(whisperSound(1, 1));
    const { processId } = eyes;
    const source = new CancellationTokenSource();
    const stopped = eyes.transcribe(whisperSound(30, 5), undefined, source.token);
    setTimeout(() => source.cancel(), 20);
    await expect(stopped).rejects.toMatchObject({ code: ErrorCode.RequestCancelled });
    expect((await eyes.transcribe(whisperSound(1, 1))).heardSeconds).toBe(1);
    expect(eyes.processId).toBe(processId);
    await eyes.dispose();
  });
});

describe('PocketSphinx', () => {
  const named = (timeline: Timeline): string => timeline.events.filter(({ source }) => source === 'pocketsphinx').map(({ label }) => label).join(' ');

  it('is asked only where that is wanted, and missing it is told of', async () => {
    const client = await connect(new ColourEyes(['voice']));
    expect((await listen(client, 'tones.mp4')).events.every(({ label }) => label === 'speech')).toBe(true);
    const before = process.env['PATH'];
    process.env['PATH'] = folder;
    try {
      const timeline = await listen(client, 'tones.mp4', { speech: { fallback: 'pocketsphinx' } });
      expect(timeline.tracks).toEqual([{ track: 'speech', state: 'partial', note: 'PocketSphinx is not installed.' }]);
      expect(timeline.events).toHaveLength(3);
    } finally {
      process.env['PATH'] = before;
    }
  });

  it.skipIf(process.platform === 'win32')('gets one voice at a time as a WAV file, and what it prints is not believed', async () => {
    const own = await temporaryFolder();
    const script = `#!/bin/sh\necho "$@" >> "${own}/asked"\ncp "$2" "${own}/last.wav"\nprintf '{"b":0,"d":9,"p":1,"t":"x","w":[{"b":0.1,"d":0.5,"p":0.9,"t":"evil\\\\u001b[2J"},{"b":0.7,"d":99,"p":7,"t":"--> <b>"}]}\\n garbage'\n`;
    await writeFile(join(own, 'pocketsphinx'), script);
    await chmod(join(own, 'pocketsphinx'), 0o755);
    const client = await connect(new ColourEyes(['voice']));
    const before = process.env['PATH'];
    process.env['PATH'] = `${own}:${before}`;
    try {
      const timeline = await listen(client, 'tones.mp4', { speech: { fallback: 'pocketsphinx' } });
      expect(timeline.tracks).toEqual([{ track: 'speech', state: 'complete', note: 'The words are guesses of pocketsphinx: many are wrong.' }]);
      const words = timeline.events.filter(({ source }) => source === 'pocketsphinx');
      expect(words).toHaveLength(3);
      expect(words.every(({ weak, confidence, label }) => weak && confidence <= 0.5 && !/[\u0000-\u001f]/.test(label))).toBe(true);
      expect((await readFile(join(own, 'asked'), 'utf8')).trim().split('\n')).toHaveLength(3);
      const wav = await readFile(join(own, 'last.wav'));
      expect([wav.toString('latin1', 0, 4), wav.readUInt32LE(24)]).toEqual(['RIFF', 16_000]);
      expect((wav.length - 44) / 32_000).toBeCloseTo(1.4, 1);
      // Nothing is left behind.
      expect((await readdir(own)).sort()).toEqual(['asked', 'last.wav', 'pocketsphinx']);
      // Another program is asked anew, and one that fails is told of.
      await writeFile(join(own, 'pocketsphinx'), '#!/bin/sh\necho "no model" >&2\nexit 3\n');
      const failed = await listen(client, 'tones.mp4', { speech: { fallback: 'pocketsphinx' } });
      expect(failed.tracks[0]).toMatchObject({ state: 'partial', note: 'PocketSphinx ended with code 3: no model' });
    } finally {
      process.env['PATH'] = before;
    }
  });

  it.skipIf(!hasPocketsphinx)(`hears some words of recorded speech${hasPocketsphinx ? '' : ' (skipped: it is not installed)'}`, async () => {
    const timeline = await listen(await connect(await host()), 'speech.mp4', { speech: { fallback: 'pocketsphinx' } });
    // "He was not an ill disposed young man"
    expect(named(timeline)).toMatch(/\bnot\b.*\byoung man\b/);
    expect(timeline.events.filter(({ source }) => source === 'pocketsphinx').every(({ weak }) => weak)).toBe(true);
    const first = timeline.events[0]?.startSeconds ?? 0;
    expect(Math.abs(first - 2.1)).toBeLessThan(0.5);
  });
});

