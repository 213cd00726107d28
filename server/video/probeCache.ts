import { createHash } from 'node:crypto';
import { readFile, realpath, stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { z } from 'zod';
import { BoundedFolder } from '../common/boundedFolder.js';
import type { ProbedVideo } from './probeVideo.js';

/** A large clip has some 10 kB: frames at even distances compress to nearly nothing. */
const bounds = { extension: '.probe', limitBytes: 64 * 1024 * 1024, limitFiles: 5000 };
const unpackedLimit = 128 * 1024 * 1024;

const count = z.int().min(0);
const size = z.number().min(0);
/** Float64 values, in the order of this machine, base64. `steps`: the differences of whole numbers, which compress better. */
const times = z.strictObject({ kind: z.enum(['steps', 'values']), data: z.base64() });
const fraction = z.strictObject({ numerator: z.number(), denominator: z.number() });
const recordSchema = z.strictObject({
  stamp: z.string(),
  video: z.strictObject({
    facts: z.strictObject({
      path: z.string(),
      contentHash: z.string().regex(/^[0-9a-f]{64}$/),
      bytes: size,
      kind: z.enum(['video', 'image']),
      container: z.string(),
      codec: z.string(),
      width: count.min(1),
      height: count.min(1),
      rotationDegrees: z.number(),
      durationSeconds: size,
      fps: size,
      frameCount: count.min(1),
      variableFrameRate: z.boolean(),
      timeBase: z.string().optional(),
      streams: z.array(
        z.strictObject({
          index: count,
          kind: z.enum(['video', 'audio', 'subtitle', 'data', 'attachment']),
          codec: z.string(),
          language: z.string().optional(),
        }),
      ),
    }),
    demuxer: z.string().regex(/^[a-z0-9_]+$/),
    streamIndex: count,
    transform: z.strictObject({
      rotationDegrees: z.literal([0, 90, 180, 270]),
      filters: z.array(z.enum(['hflip', 'vflip', 'transpose=clock', 'transpose=cclock', 'transpose=clock_flip', 'transpose=cclock_flip'])),
    }),
    timeBase: fraction,
    sampleAspectRatio: z.number(),
    pixelFormat: z.string(),
    reorderedFrames: count,
    soundStartSeconds: z.number().optional(),
    index: z.strictObject({ ticks: times, keyTicks: times, lastTicks: z.number(), seekable: z.boolean() }),
  }),
});

/**
 * What probing found, kept on disk for the next start: as long as path, size, times and inode of a file stay the
 * same it is not read again. A damaged entry counts as absent; a cache that cannot be written costs only time.
 */
export class ProbeCache {
  private readonly files: BoundedFolder;

  /** @param madeBy version of the program: another one probes again */
  constructor(
    folder: string,
    private readonly madeBy: string,
  ) {
    this.files = new BoundedFolder(folder, bounds);
  }

  /** The file as it was probed, or what `probe` finds now. Rejects as `probe` does. */
  async get(path: string, probe: () => Promise<ProbedVideo>): Promise<ProbedVideo> {
    const before = await this.identify(path);
    const known = before && (await this.read(before));
    if (known) {
      return known;
    }
    const video = await probe();
    const after = await this.identify(path);
    // A file that changed while it was read may have been read half and half.
    if (after && after.stamp === before?.stamp && video.facts.path === after.path) {
      await this.write(after, video);
    }
    return video;
  }

  /** The file as it was probed, if it has not changed since; it is not read. */
  async known(path: string): Promise<ProbedVideo | undefined> {
    const identity = await this.identify(path);
    return identity && this.read(identity);
  }

  private async identify(path: string): Promise<{ path: string; key: string; stamp: string } | undefined> {
    try {
      const real = await realpath(path);
      const { dev, ino, size: bytes, mtimeNs, ctimeNs } = await stat(real, { bigint: true });
      const key = createHash('sha256').update(`${this.madeBy}\0${real}`).digest('hex');
      return { path: real, key, stamp: [dev, ino, bytes, mtimeNs, ctimeNs].join(':') };
    } catch {
      return undefined;
    }
  }

  private async read({ path, key, stamp }: { path: string; key: string; stamp: string }): Promise<ProbedVideo | undefined> {
    try {
      const file = await this.files.find(key);
      if (file === undefined) {
        return undefined;
      }
      const text = await promisify(gunzip)(await readFile(file), { maxOutputLength: unpackedLimit });
      const record = recordSchema.parse(JSON.parse(text.toString('utf8')));
      const { index, ...video } = record.video;
      const ticks = unpack(index.ticks);
      const fits = record.stamp === stamp && video.facts.path === path && ticks.length === video.facts.frameCount;
      return fits ? { ...video, index: { ...index, ticks, keyTicks: unpack(index.keyTicks) } } : undefined;
    } catch {
      return undefined;
    }
  }

  private async write({ key, stamp }: { key: string; stamp: string }, video: ProbedVideo): Promise<void> {
    const { ticks, keyTicks, ...index } = video.index;
    const record = { stamp, video: { ...video, index: { ...index, ticks: pack(ticks), keyTicks: pack(keyTicks) } } };
    const text = JSON.stringify(record);
    if (text.length < unpackedLimit) {
      await this.files.write(key, await promisify(gzip)(text));
    }
  }
}

function pack(values: Float64Array): z.infer<typeof times> {
  const kind = values.every(Number.isSafeInteger) ? 'steps' : 'values';
  const stored = kind === 'values' ? values : values.map((value, i) => value - (values[i - 1] ?? 0));
  return { kind, data: Buffer.from(stored.buffer, stored.byteOffset, stored.byteLength).toString('base64') };
}

/** @throws RangeError for what is not an ascending list of times */
function unpack({ kind, data }: z.infer<typeof times>): Float64Array {
  const values = new Float64Array(Uint8Array.from(Buffer.from(data, 'base64')).buffer);
  for (let i = 0; i < values.length; i++) {
    if (kind === 'steps' && i > 0) {
      values[i] = (values[i] ?? 0) + (values[i - 1] ?? 0);
    }
    if (!Number.isFinite(values[i]) || (i > 0 && (values[i] ?? 0) < (values[i - 1] ?? 0))) {
      throw new RangeError('Times do not run backwards.');
    }
  }
  return values;
}
