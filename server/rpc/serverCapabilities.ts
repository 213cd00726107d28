import { framePlanKinds } from '../protocol/framePlan.js';
import { ErrorCode, phrase, protocolVersion, type ServerCapabilities, VideoChatError } from '../protocol/index.js';

/** What this server can do. */
export const capabilities: ServerCapabilities = {
  framePlans: [...framePlanKinds],
  persistentChats: true,
  progress: ['model/load', 'chat/send', 'chat/regenerate', 'media/open', 'summary/create', 'narration/create', 'comparison/create', 'timeline/create', 'search/index', 'locate/create', 'denseCaption/create', 'evaluation/run', 'dataset/open', 'dataset/validate', 'dataset/import', 'dataset/export', 'annotate/suggest', 'annotate/batch', 'models/pull', 'models/verify', 'models/import', 'packs/pull', 'text/complete'],
  media: true,
  summaries: true,
  narrations: true,
  comparisons: true,
  timelines: true,
  search: true,
  locate: true,
  denseCaptions: true,
  evaluation: true,
  catalogue: true,
  packs: true,
  texts: true,
};

/**
 * Clients and servers with the same major version understand each other: minor ones only add.
 * @throws VideoChatError ProtocolVersionMismatch, or InvalidParams if it is not a version
 */
export function checkVersion(wanted: string): void {
  const match = /^(\d{1,9})\.(\d{1,9})$/.exec(wanted);
  if (!match) {
    throw new VideoChatError(ErrorCode.InvalidParams, phrase`"${wanted}" is not a protocol version like "${protocolVersion}".`);
  }
  if (match[1] !== protocolVersion.split('.')[0]) {
    throw new VideoChatError(
      ErrorCode.ProtocolVersionMismatch,
      phrase`This server speaks protocol version ${protocolVersion}, the client asked for ${wanted}.`,
      { hint: 'Use a client and a server of the same release.' },
    );
  }
}
