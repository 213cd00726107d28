import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FfmpegTools } from '../../server/video/findFfmpeg.js';
import { temporaryFolder } from '../fixtures/tinyEncoder.js';

/** An ffmpeg as some systems have it: built without these encoders, or `-options` of encoders. A shell script around the real one. */
export async function ffmpegWithout(words: readonly string[], tools: FfmpegTools): Promise<FfmpegTools> {
  const ffmpeg = join(await temporaryFolder(), 'ffmpeg');
  const script = `#!/bin/sh
for word in "$@"; do
  case "$word" in ${words.join('|')})
    case "$word" in -*) echo "Unrecognized option '\${word#-}'." >&2;; *) echo "Unknown encoder '$word'" >&2;; esac
    exit 1;;
  esac
done
exec '${tools.ffmpeg}' "$@"
`;
  await writeFile(ffmpeg, script, { mode: 0o755 });
  return { ...tools, ffmpeg };
}
