import { createHash } from 'node:crypto';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, isAbsolute, join } from 'node:path';
import type { CancellationToken } from '../../common/cancellation.js';
import { ErrorCode, phrase, VideoChatError } from '../../protocol/index.js';
import { runTool } from '../../video/runTool.js';
import { type HeardLine, type HeardWords, voiceSampleRate } from '../perception.js';
import { parseContinuous, parseJson } from './pocketsphinxOutput.js';
import type { Recogniser } from './recogniser.js';
import { wavOf } from './wavOf.js';

export const pocketsphinxId = 'pocketsphinx';

/** Its programs and how they are asked: version 5 has one that writes JSON, version 0.8 one that writes words and times. */
const programs = [
  { name: 'pocketsphinx', args: (wav: string) => ['single', wav], parse: parseJson },
  { name: 'pocketsphinx_continuous', args: (wav: string) => ['-infile', wav, '-time', 'yes'], parse: parseContinuous },
] as const;

/** Loading its model takes seconds; it hears about as fast as somebody speaks. */
const timeout = { base: 60, perSecond: 20 }; // s
const largestOutput = 4 * 1024 * 1024;

/**
 * CMU PocketSphinx, where it is installed: US English, and many wrong words.
 *
 * @throws PerceptionUnavailable where it is not
 */
export async function findPocketsphinx(path = process.env['PATH'] ?? ''): Promise<Recogniser> {
  const suffixes = process.platform === 'win32' ? ['.exe'] : [''];
  for (const { name, args, parse } of programs) {
    for (const folder of path.split(delimiter).filter(isAbsolute)) {
      for (const suffix of suffixes) {
        const program = join(folder, name + suffix);
        const facts = await stat(program).catch(() => undefined);
        if (facts?.isFile() !== true || (process.platform !== 'win32' && (facts.mode & 0o111) === 0)) continue;
        return {
          id: pocketsphinxId,
          hash: createHash('sha256').update(JSON.stringify([pocketsphinxId, program, facts.size, facts.mtimeMs])).digest('hex'),
          weak: true,
          hear: (samples, token) => hear(program, args, parse, samples, token),
        };
      }
    }
  }
  throw new VideoChatError(ErrorCode.PerceptionUnavailable, 'PocketSphinx is not installed.', {
    hint: 'Install it (on Debian and Ubuntu: the packages pocketsphinx and pocketsphinx-en-us), or install a speech model.',
  });
}

async function hear(
  program: string,
  args: (wav: string) => string[],
  parse: (output: string, seconds: number) => HeardLine[],
  samples: Float32Array,
  token: CancellationToken,
): Promise<HeardWords> {
  const seconds = samples.length / voiceSampleRate;
  const folder = await mkdtemp(join(tmpdir(), 'videochat-words-'));
  try {
    const wav = join(folder, 'voice.wav');
    await writeFile(wav, wavOf(samples, voiceSampleRate));
    const { exitCode, output, errorText } = await runTool({
      command: program,
      args: args(wav),
      cwd: folder,
      token,
      timeoutSeconds: timeout.base + timeout.perSecond * seconds,
      maxOutputBytes: largestOutput,
      lowPriority: true,
    });
    if (exitCode !== 0) {
      throw new VideoChatError(ErrorCode.PerceptionUnavailable, phrase`PocketSphinx ended with code ${exitCode ?? -1}: ${errorText.split('\n').at(-1)?.slice(0, 200) ?? ''}`, {
        hint: 'Install it (on Debian and Ubuntu: the packages pocketsphinx and pocketsphinx-en-us), or install a speech model.',
      });
    }
    return { lines: parse(output.toString('utf8'), seconds), heardSeconds: seconds, language: 'en' };
  } finally {
    await rm(folder, { recursive: true, force: true }).catch(() => undefined);
  }
}
