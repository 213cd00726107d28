import { VideoCloseRequest, VideoOpenRequest, type VideoOpenResult } from '../protocol/index.js';
import type { RequestOptions, VideoChatClient } from './videoChatClient.js';

const users = new WeakMap<VideoChatClient, Map<string, number>>();

/**
 * Opens a clip, does something with it, and closes it when nobody else uses it this way: a path has one id in a
 * connection, and closing it takes it from all.
 */
export async function usingClip<Result>(
  client: VideoChatClient,
  path: string,
  options: Pick<RequestOptions<never>, 'signal' | 'token'>,
  work: (clip: VideoOpenResult) => Promise<Result>,
): Promise<Result> {
  const counts = users.get(client) ?? new Map<string, number>();
  users.set(client, counts);
  // Counted before it is open: who ends meanwhile leaves it open.
  counts.set(path, (counts.get(path) ?? 0) + 1);
  let videoId: string | undefined;
  try {
    const clip = await client.request(VideoOpenRequest, { path }, options);
    videoId = clip.videoId;
    return await work(clip);
  } finally {
    const left = (counts.get(path) ?? 1) - 1;
    counts.set(path, left);
    if (left === 0) {
      counts.delete(path);
      if (videoId !== undefined) {
        // A server that died has closed it already.
        client.request(VideoCloseRequest, { videoId }).catch(() => undefined);
      }
    }
  }
}
