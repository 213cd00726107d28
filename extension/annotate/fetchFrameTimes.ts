import type { FrameTimes } from '../../server/protocol/index.js';

/** More frames than any clip that is annotated by hand has; 8 bytes each. */
const mostFrames = 20_000_000;

/**
 * When the frames of a clip are shown.
 *
 * @param url of the media, on this machine
 * @returns undefined where that cannot be learned
 */
export async function fetchFrameTimes(url: string): Promise<FrameTimes | undefined> {
  try {
    const response = await fetch(`${url}/times`);
    const bytes = response.ok && Number(response.headers.get('content-length') ?? 0) <= mostFrames * 8 ? await response.arrayBuffer() : undefined;
    return bytes && bytes.byteLength > 0 && bytes.byteLength % 8 === 0 ? new Float64Array(bytes) : undefined;
  } catch {
    return undefined;
  }
}
