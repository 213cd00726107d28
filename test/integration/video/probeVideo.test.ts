import { createHash } from 'node:crypto';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { CancellationTokenSource } from 'vscode-jsonrpc/node';
import { type FfmpegTools, findFfmpeg } from '../../../server/video/findFfmpeg.js';
import { probeVideo } from '../../../server/video/probeVideo.js';
import type { ClipName } from '../../media/clipRecipes.js';
import { copyClip, makeClip, temporaryFolder } from '../../media/makeClip.js';

let tools: FfmpegTools;
beforeAll(async () => {
  tools = await findFfmpeg();
});

describe('probeVideo', () => {
  it('tells the facts of a clip with sound', async () => {
    const path = await makeClip({ name: 'withSound' });
    const { facts } = await probeVideo(path, tools);
    expect(facts).toMatchObject({
      kind: 'video', codec: 'h264', width: 128, height: 96, rotationDegrees: 0, durationSeconds: 3, fps: 30,
      frameCount: 90, variableFrameRate: false,
      streams: [{ index: 0, kind: 'audio', codec: 'aac' }, { index: 1, kind: 'video', codec: 'h264' }],
    });
    expect(facts.contentHash).toBe(createHash('sha256').update(await readFile(path)).digest('hex'));
  });

  it.each<[ClipName, object]>([
    ['rotated90', { width: 90, height: 160, rotationDegrees: 90 }],
    ['rotated180', { width: 160, height: 90, rotationDegrees: 180 }],
    ['rotated270', { width: 90, height: 160, rotationDegrees: 270 }],
    ['oddSize', { width: 97, height: 61, fps: 10 }],
    ['vfr', { variableFrameRate: true, frameCount: 76 }],
    ['mkv', { variableFrameRate: false, fps: 30000 / 1001, frameCount: 120 }],
    ['editList', { frameCount: 67, variableFrameRate: false, fps: 25 }],
    ['vp8AltRef', { frameCount: 75, fps: 25 }],
    ['mpeg4Avi', { frameCount: 75, fps: 25, durationSeconds: 3 }],
    ['twoPictures', { width: 96, height: 64, frameCount: 10 }],
    ['onePixel', { width: 1, height: 1, frameCount: 5 }],
    ['animation', { kind: 'video', frameCount: 20, fps: 10 }],
    ['gif', { kind: 'image', frameCount: 1, fps: 0, durationSeconds: 0 }],
    ['png', { kind: 'image', width: 65, height: 49, frameCount: 1, fps: 0 }],
    ['jpeg', { kind: 'image', codec: 'mjpeg' }],
    ['webp', { kind: 'image', codec: 'webp' }],
    ['bmp', { kind: 'image', codec: 'bmp' }],
  ])('knows what is special about %s', async (name, want) => {
    expect((await probeVideo(await makeClip({ name }), tools)).facts).toMatchObject(want);
  });

  it.each<[ClipName, number]>([
    ['audioOnly', 203], ['zeroFrames', 203], ['truncatedIndex', 204], ['truncatedPictures', 204],
    ['text', 202], ['empty', 202], ['playlist', 202], ['concatScript', 202], ['fakeMp4', 204],
  ])('refuses %s with code %i and a hint', async (name, code) => {
    const error: unknown = await probeVideo(await makeClip({ name }), tools).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'VideoChatError', code });
    expect((error as { data: { hint?: string } }).data.hint).toMatch(/\w/);
  });

  it('refuses what is not a regular file', async () => {
    const folder = await temporaryFolder();
    await symlink(join(folder, 'loop'), join(folder, 'loop'));
    for (const path of [folder, join(folder, 'missing.mp4'), join(folder, 'loop'), '/dev/null', 'a\0b']) {
      await expect(probeVideo(path, tools)).rejects.toMatchObject({ code: 201 });
    }
  });

  it('reads names that mean something to ffmpeg', async () => {
    const folder = join(await temporaryFolder(), 'concat:x|y %03d');
    await mkdir(folder);
    for (const [clip, name] of [['plain', "-i 'x' [0:v],;=%d.mp4"], ['jpeg', 'frame%03d.jpg']] as const) {
      const { facts } = await probeVideo(await copyClip(clip, join(folder, name)), tools);
      expect(facts.frameCount).toBeGreaterThan(0);
    }
  });

  it('refuses a picture that is too large before decoding it', async () => {
    const path = join(await temporaryFolder(), 'bomb.png');
    const file = Buffer.from(await readFile(await makeClip({ name: 'png' })));
    file.writeUInt32BE(60_000, 16);
    file.writeUInt32BE(60_000, 20);
    await writeFile(path, file);
    await expect(probeVideo(path, tools)).rejects.toMatchObject({ name: 'VideoChatError' });
  });

  it('stops when cancelled', async () => {
    const source = new CancellationTokenSource();
    const probing = probeVideo(await makeClip({ name: 'plain' }), tools, source.token);
    source.cancel();
    await expect(probing).rejects.toMatchObject({ code: -32800 });
  });
});
