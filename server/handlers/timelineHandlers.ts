import { exportTimeline } from '../perception/exportTimeline.js';
import { TimelineCreateRequest, TimelineExportRequest, timelineTracks } from '../protocol/index.js';
import type { RequestRouter } from '../rpc/requestRouter.js';
import { timelineSchemas as schemas } from '../rpc/timelineSchemas.js';
import type { ClientScope } from './clientScope.js';

export function registerTimelineHandlers(router: RequestRouter, { engine, videos, translate, id: client }: ClientScope): void {
  router.on(TimelineCreateRequest, schemas.create, async ({ videoId, tracks = [...timelineTracks], framesPerSecond, span, speech }, { token, progress }) => {
    const options = { tracks, ...(framesPerSecond === undefined ? {} : { framesPerSecond }), ...(span ? { span } : {}), ...(speech ? { speech } : {}) };
    const made = await engine.timelines.create(videos.get(videoId), options, { client, chat: videoId }, token, progress);
    return { ...made, tracks: made.tracks.map(({ note, ...track }) => ({ ...track, ...(note === undefined ? {} : { note: translate(note) }) })) };
  });
  router.on(TimelineExportRequest, schemas.export, (params) => ({ text: exportTimeline(params) }));
}
