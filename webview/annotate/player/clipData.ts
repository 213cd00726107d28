import type { FrameTimes } from '../../../server/protocol/frameTimes.js';
import type { MediaSource } from '../../../server/protocol/media.js';

/** More frames than a day has at 60 per second are not believed. */
const mostFrames = 6_000_000;

/** Presentation times of all frames; nothing where they cannot be had or make no sense. */
export async function fetchFrameTimes(media: Pick<MediaSource, 'url'>, signal: AbortSignal): Promise<FrameTimes | undefined> {
  const bytes = await (await got(`${media.url}/times`, signal))?.arrayBuffer();
  if (!bytes || bytes.byteLength === 0 || bytes.byteLength % 8 !== 0 || bytes.byteLength / 8 > mostFrames) {
    return undefined;
  }
  const view = new DataView(bytes);
  const times = Float64Array.from({ length: bytes.byteLength / 8 }, (_, index) => view.getFloat64(index * 8, true));
  return isAscending(times) ? times : undefined;
}

/** Times at which a new shot begins, ascending; nothing where they cannot be had. */
export async function fetchShots(media: Pick<MediaSource, 'url'>, signal: AbortSignal): Promise<number[] | undefined> {
  const answer: unknown = await (await got(`${media.url}/shots`, signal))?.json();
  const seconds = typeof answer === 'object' && answer !== null && 'seconds' in answer ? answer.seconds : undefined;
  return Array.isArray(seconds) ? seconds.filter((each): each is number => Number.isFinite(each)).sort((a, b) => a - b) : undefined;
}

/** Least and greatest sample of each bucket, in turn, -128…127; `silent`: the clip has no sound. */
export async function fetchWaveform(
  media: Pick<MediaSource, 'url'>,
  part: { start: number; end: number; buckets: number },
  signal: AbortSignal,
): Promise<Int8Array | 'silent' | undefined> {
  const answer = await got(`${media.url}/waveform?start=${part.start}&end=${part.end}&buckets=${part.buckets}`, signal);
  if (answer?.status === 204) {
    return 'silent';
  }
  const bytes = await answer?.arrayBuffer();
  return bytes && bytes.byteLength === 2 * part.buckets ? new Int8Array(bytes) : undefined;
}

async function got(url: string, signal: AbortSignal): Promise<Response | undefined> {
  const answer = await fetch(url, { signal });
  return answer.ok ? answer : undefined;
}

function isAscending(times: FrameTimes): boolean {
  return times.every((time, index) => Number.isFinite(time) && (index === 0 ? Math.abs(time) < 1e-6 : time > (times[index - 1] ?? 0)));
}
