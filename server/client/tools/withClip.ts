import type { VideoOpenResult } from '../../protocol/index.js';
import { usingClip } from '../usingClip.js';
import type { ToolContext } from './tool.js';

/** Opens a clip that was named, does something with it, and closes it whatever happens. */
export async function withClip<Result>(context: Pick<ToolContext, 'client' | 'signal' | 'locate'>, name: string, work: (clip: VideoOpenResult) => Promise<Result>): Promise<Result> {
  const { client, signal } = context;
  return usingClip(client, await context.locate(name), { signal }, work);
}
