import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findFfmpeg } from '../../server/video/findFfmpeg.js';

/** Colour bars of five seconds, nothing of the toybox, with "EXIT 12" on them from 1 to 4 s. Nothing where this ffmpeg writes no text. */
export async function makeSignClip(folder: string): Promise<string | undefined> {
  const clip = join(folder, 'sign.mp4');
  const { ffmpeg } = await findFfmpeg();
  const text = "drawtext=text='EXIT 12':fontsize=64:fontcolor=white:box=1:boxcolor=black:x=180:y=140:enable='between(t,1,3.99)'";
  const args = ['-v', 'error', '-y', '-f', 'lavfi', '-i', 'smptehdbars=size=640x360:rate=10:duration=5', '-vf', text, '-c:v', 'libx264', '-pix_fmt', 'yuv420p', clip];
  return promisify(execFile)(ffmpeg, args).then(
    () => clip,
    () => undefined,
  );
}
