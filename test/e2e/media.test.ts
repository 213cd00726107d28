import { execFile } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { findFfmpeg } from '../../server/video/findFfmpeg.js';
import { describeInBrowser } from './support/browserTests.js';
import { sampleClip, useEditor } from './support/editor.js';
import { repository, shortFolder } from './support/folders.js';

const run = promisify(execFile);

/** The sample with sound and as an old AVI, a clip of people in the street, pictures of a yellow and of a blue square, and a file that is no video. */
async function makeFiles(): Promise<Record<string, string>> {
  const folder = shortFolder();
  const { ffmpeg } = await findFfmpeg();
  const files = { 'sound.mp4': 'sound.mp4', 'picture.png': 'picture.png', 'other.png': 'other.png', 'broken.mp4': 'broken.mp4', 'old.avi': 'old.avi', 'campus.mp4': 'campus.mp4' };
  const quiet = ['-hide_banner', '-loglevel', 'error', '-y', '-i', sampleClip];
  await run(ffmpeg, [...quiet, '-f', 'lavfi', '-i', 'sine', '-shortest', '-c:v', 'copy', '-c:a', 'aac', path.join(folder, 'sound.mp4')]);
  for (const [name, box] of [['picture.png', 'x=190:y=120:w=70:h=70:color=0xf0e020'], ['other.png', 'x=60:y=80:w=70:h=70:color=0x2040e0']] as const) {
    const scene = ['-f', 'lavfi', '-i', 'color=c=0x808080:s=320x240', '-vf', `drawbox=${box}:t=fill`];
    await run(ffmpeg, ['-v', 'error', ...scene, '-frames:v', '1', path.join(folder, name)]);
  }
  await run(ffmpeg, [...quiet, '-c:v', 'mpeg4', '-q:v', '3', path.join(folder, 'old.avi')]);
  const photo = path.join(repository, 'test', 'fixtures', 'perception', 'campus.jpg');
  await run(ffmpeg, ['-v', 'error', '-loop', '1', '-i', photo, '-t', '3', '-r', '10', '-vf', 'scale=640:-2', '-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', path.join(folder, 'campus.mp4')]);
  await writeFile(path.join(folder, 'broken.mp4'), 'this is no video');
  return Object.fromEntries(Object.entries(files).map(([name, file]) => [name, path.join(folder, file)]));
}

/** Codecs of what the player plays, from its own address. */
async function codecsAt(address: string): Promise<string[]> {
  const file = path.join(shortFolder(), 'played');
  const response = await fetch(address);
  expect(response.ok).toBe(true);
  await writeFile(file, Buffer.from(await response.arrayBuffer()));
  const { ffprobe } = await findFfmpeg();
  const { stdout } = await run(ffprobe, ['-v', 'error', '-show_entries', 'stream=codec_name', '-of', 'csv=p=0', file]);
  return stdout.split('\n').map((line) => line.trim()).filter((line) => line !== '');
}

describeInBrowser('clips and pictures of other kinds', () => {
  const editor = useEditor('media', async () => ({ files: await makeFiles(), desktopSound: true }));
  const shot = (what: string): Promise<string> => editor().workbench.screenshot(what);

  it('plays a clip with AAC sound through a copy with sound that plays', async () => {
    const panel = await editor().chatWith('sound.mp4');
    const { currentSrc, duration } = await panel.playerReady();
    expect(duration).toBeCloseTo(8, 0);
    expect((await codecsAt(currentSrc)).sort()).toEqual(['h264', 'mp3']);
    await shot('aac');
  });

  it('plays what no browser plays, with the original times', async () => {
    const panel = await editor().chatWith('old.avi');
    const { currentSrc, duration } = await panel.playerReady();
    expect(duration).toBeCloseTo(8, 0);
    expect(await codecsAt(currentSrc)).toEqual(['h264']);
  });

  it('looks through a clip with the perception models it comes with, and shows the way to what it noticed', async () => {
    const panel = await editor().chatWith('campus.mp4');
    await panel.playerReady();
    await panel.frame.getByRole('button', { name: 'Look through the clip' }).click();
    await panel.frame.getByRole('button', { name: 'Export the timeline' }).waitFor({ timeout: 180_000 });
    const person = panel.frame.getByRole('group', { name: 'Objects' }).getByRole('button', { name: /^person/ }).first();
    expect(await person.getAttribute('title')).toMatch(/% sure\nFound by \S+/);
    await shot('timeline');
    await person.click();
    await panel.frame.getByRole('group', { name: 'Speech' }).getByText('sound').waitFor();
    const { workbench, workspace } = editor();
    const file = path.join(workspace, 'campus.csv');
    await workbench.runCommand('VideoChat: Export Timeline…');
    await workbench.chooseQuickPick('CSV');
    await workbench.enterText(file);
    await expect.poll(() => readFile(file, 'utf8').catch(() => ''), { timeout: 20_000 }).toMatch(/^track,start,end,label[^]*\nobjects,0,3,person,/);
    expect((await readdir(workspace)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('answers about a picture, and a follow-up', async () => {
    const panel = await editor().chatWith('picture.png');
    await panel.frame.locator('img.picture').waitFor();
    expect(await panel.ask('What is the color of the square?')).toMatch(/yellow/i);
    expect(await panel.ask('Is there a circle?')).toMatch(/^no\b/i);
    // Nothing moves in a picture: it has no times, no parts, no number of frames.
    for (const control of ['videochat-seek-bar', '.controls', '.frames-select', '.span-chip']) {
      expect(await panel.frame.locator(control).count()).toBe(0);
    }
    await shot('picture');
  });

  it('answers about another picture what is to be seen there', async () => {
    const panel = await editor().chatWith('other.png');
    await panel.frame.locator('.chips').getByText('other.png').waitFor();
    expect(await panel.ask('What is the color of the square?')).toMatch(/blue/i);
    expect(await panel.ask('Where is the square?')).toMatch(/left/i);
  });

  it('says what is wrong with a file that is no video, in words and without a wait', async () => {
    const panel = await editor().chatWith('broken.mp4');
    const problem = panel.frame.locator('.problem').first();
    await problem.waitFor();
    expect(await problem.textContent()).toMatch(/broken\.mp4|video/i);
    expect(await problem.textContent()).not.toMatch(/Error:|undefined|\bat /);
    await shot('broken');
  });
});
