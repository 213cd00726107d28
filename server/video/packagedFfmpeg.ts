import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where a package that was made with an ffmpeg inside has it: beside the bundle of the server. A checkout has none. */
export function packagedFfmpeg(bundle: string = import.meta.url, platform: string = process.platform): string {
  return join(dirname(fileURLToPath(bundle)), 'ffmpeg', platform === 'win32' ? 'ffmpeg.exe' : 'ffmpeg');
}
