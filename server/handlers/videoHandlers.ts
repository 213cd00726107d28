import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import {
  Limits,
  VideoCloseRequest,
  VideoFramesRequest,
  VideoOpenRequest,
  VideoPlanRequest,
  type VideoPlanParams,
  type FramePlan,
} from '../protocol/index.js';
import type { RequestRouter } from '../rpc/requestRouter.js';
import { readUnchanged } from '../engine/videoLibrary.js';
import { schemas } from '../rpc/schemas.js';
import type { ClientScope } from './clientScope.js';

export function registerVideoHandlers(router: RequestRouter, { engine, videos, translate, id: client }: ClientScope): void {
  const { parts, ffmpeg, embeddings } = engine;

  const makePlan = async ({ videoId, plan, span }: VideoPlanParams): Promise<FramePlan> => {
    const planned = await parts.video.plan(videos.get(videoId).opened, plan, span, Limits.framesPerPlan);
    return { ...planned, reason: translate(planned.reason) };
  };

  router.on(VideoOpenRequest, schemas.videoOpen, ({ path }, { token }) =>
    engine.probing.run({ client, chat: 'open' }, () => videos.open(path, token), token),
  );
  router.on(VideoPlanRequest, schemas.videoPlan, (params) => makePlan(params));
  router.on(VideoFramesRequest, schemas.videoFrames, async (params, { token }) => {
    const plan = await makePlan(params);
    const video = videos.get(params.videoId);
    const outFolder = params.outFolder ?? (await mkdtemp(join(await engine.scratchFolder(), 'frames-')));
    const { format = 'png', maxSide } = params;
    const tools = await ffmpeg.tools();
    const write = (): Promise<string[]> => parts.video.write(video.opened, plan, tools, { outFolder, format, maxSide, token });
    const lane = { client, chat: params.videoId };
    return { plan, paths: await readUnchanged(video, token, () => embeddings.decoding.run(lane, write, token)) };
  });
  router.on(VideoCloseRequest, schemas.video, ({ videoId }) => {
    videos.close(videoId);
    return null;
  });
}
