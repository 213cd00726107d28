import { clientRequest } from './descriptor.js';
import type { ModelStatus } from './model.js';

export interface ServerStatus {
  version: string;
  uptimeSeconds: number;
  memory: { residentBytes: number; peakResidentBytes: number; heapBytes: number };
  models: ModelStatus[];
  openVideos: number;
  openChats: number;
  /** Requests that run or wait. */
  activeRequests: number;
  cache: { folder: string; bytes: number; limitBytes: number };
  ffmpeg?: { path: string; version: string };
}
/** Also the heartbeat: answered by the event loop, whatever the native libraries are doing. */
export const ServerStatusRequest = clientRequest<Record<string, never>, ServerStatus>('server/status');
