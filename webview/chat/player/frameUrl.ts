import type { MediaSource } from '../../../server/protocol/media.js';

/** Heights that are asked for: few, so that the server's cache of frames is hit. */
export const frameHeights = { strip: 96, preview: 360 } as const;

/** The picture that is shown at a time of the clip. */
export function frameUrl(media: Pick<MediaSource, 'url'>, seconds: number, height: number): string {
  return `${media.url}/frame?seconds=${Number(seconds.toFixed(3))}&height=${height}`;
}
