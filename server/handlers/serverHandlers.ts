import { ServerStatusRequest } from '../protocol/index.js';
import type { RequestRouter } from '../rpc/requestRouter.js';
import { schemas } from '../rpc/schemas.js';
import type { ClientScope } from './clientScope.js';

export function registerServerHandlers(router: RequestRouter, scope: ClientScope, version: string): void {
  const { engine, videos, chats, translate } = scope;
  router.on(ServerStatusRequest, schemas.nothing, async () => {
    const { rss, heapUsed } = process.memoryUsage();
    const { found } = engine.ffmpeg;
    const perception = engine.timelines.memory();
    const { cacheFolder, cacheBytes } = engine.settings;
    return {
      version,
      uptimeSeconds: process.uptime(),
      memory: {
        residentBytes: rss,
        // Kilobytes on every platform.
        peakResidentBytes: process.resourceUsage().maxRSS * 1024,
        heapBytes: heapUsed,
        ...(perception && { perception }),
      },
      models: engine.models.statuses(translate),
      openVideos: videos.size,
      openChats: chats.size,
      // This request does not count itself.
      activeRequests: router.active - 1,
      cache: { folder: cacheFolder, bytes: await engine.store.bytes(), limitBytes: cacheBytes },
      ...(found && { ffmpeg: { path: found.ffmpeg, version: found.version } }),
    };
  });
}
