import { VideoCloseRequest, type VideoFacts, VideoOpenRequest } from '../../protocol/index.js';
import type { ToolContext } from './tool.js';

/** A clip that is open, and where it lies. */
export interface OpenedClip {
  videoId: string;
  facts: VideoFacts;
}

/** Opens a clip that was named, does something with it, and closes it whatever happens. */
export async function withClip<Result>(context: Pick<ToolContext, 'client' | 'signal' | 'locate'>, name: string, work: (clip: OpenedClip) => Promise<Result>): Promise<Result> {
  const { client, signal } = context;
  const path = await context.locate(name);
  const clip = await client.request(VideoOpenRequest, { path }, { signal });
  try {
    return await work(clip);
  } finally {
    // A server that died has closed it already.
    client.request(VideoCloseRequest, { videoId: clip.videoId }).catch(() => undefined);
  }
}
