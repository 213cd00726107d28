import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { FfmpegTools } from '../video/findFfmpeg.js';
import { runTool } from '../video/runTool.js';

const timeoutSeconds = 600;

/** A 5-minute clip with a key frame every 10 s, and an hour made of twelve copies of its stream. */
export async function makeBenchClips(folder: string, { ffmpeg }: FfmpegTools): Promise<{ minutes: string; hour: string }> {
  const minutes = path.join(folder, 'minutes.mp4');
  const hour = path.join(folder, 'hour.mp4');
  const list = path.join(folder, 'list.txt');
  const common = ['-hide_banner', '-loglevel', 'error', '-nostdin', '-y'];
  const encode = ['-c:v', 'libx264', '-preset', 'ultrafast', '-crf', '35', '-g', '250', '-pix_fmt', 'yuv420p'];
  await run(ffmpeg, [...common, '-f', 'lavfi', '-i', 'testsrc2=size=640x360:rate=25:duration=300', ...encode, minutes]);
  await writeFile(list, `file '${minutes.replaceAll("'", "'\\''")}'\n`.repeat(12));
  await run(ffmpeg, [...common, '-f', 'concat', '-safe', '0', '-i', list, '-c', 'copy', hour]);
  return { minutes, hour };
}

/** Decodes everything and throws it away: what a reader without seeking does at least. */
export async function decodeEverything(clip: string, { ffmpeg }: FfmpegTools): Promise<void> {
  await run(ffmpeg, ['-hide_banner', '-loglevel', 'error', '-nostdin', '-i', clip, '-map', '0:v:0', '-f', 'null', '-']);
}

async function run(command: string, args: string[]): Promise<void> {
  const { exitCode, errorText } = await runTool({ command, args, timeoutSeconds, maxOutputBytes: 1 << 20 });
  if (exitCode !== 0) {
    throw new Error(`ffmpeg failed: ${errorText}`);
  }
}
