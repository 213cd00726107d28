import { clientRequest } from './descriptor.js';
import type { ModelStatus } from './model.js';

export interface ServerStatus {
  version: string;
  uptimeSeconds: number;
  memory: {
    residentBytes: number;
    peakResidentBytes: number;
    heapBytes: number;
    /** Of the process of the perception models, which is not in the others; left out while there is none. */
    perception?: { residentBytes: number; peakResidentBytes: number };
  };
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
