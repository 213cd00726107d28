import { VideoCloseRequest, VideoOpenRequest, type VideoOpenResult } from '../protocol/index.js';
import type { RequestOptions, VideoChatClient } from './videoChatClient.js';

/** Opens a clip, does something with it, and closes it. */
export async function usingClip<Result>(
  client: VideoChatClient,
  path: string,
  options: Pick<RequestOptions<never>, 'signal' | 'token'>,
  work: (clip: VideoOpenResult) => Promise<Result>,
): Promise<Result> {
  const clip = await client.request(VideoOpenRequest, { path }, options);
  try {
    return await work(clip);
  } finally {
    // A server that died has closed it already.
    client.request(VideoCloseRequest, { videoId: clip.videoId }).catch(() => undefined);
  }
}
