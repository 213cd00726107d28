import { describe, expect, it } from 'vitest';
import type { ServerState } from '../../../extension/server/serverController.js';
import { idle, withProgress, withStreams } from '../../../extension/status/activity.js';
import { statusLook } from '../../../extension/status/statusText.js';
import { english } from '../../../extension/translate.js';
import { ErrorCode, type ServerStatus, VideoChatError } from '../../../server/protocol/index.js';

const status: ServerStatus = {
  version: '1',
  uptimeSeconds: 1,
  memory: { residentBytes: 300 * 1024 * 1024, peakResidentBytes: 0, heapBytes: 0 },
  models: [{ modelId: 'mini', state: 'ready', queued: 0, vision: { executionProvider: 'webgpu', variant: 'x' }, language: { device: 'vulkan', gpuLayers: 3, contextLength: 1, variant: 'y' } }],
  openVideos: 0,
  openChats: 2,
  activeRequests: 0,
  cache: { folder: '/c', bytes: 0, limitBytes: 0 },
};
const look = (server: ServerState, activity = idle, known?: ServerStatus) => statusLook({ server, activity, status: known }, english);
const loading = (done: number) => ({ kind: 'stage', stage: 'loading', done, total: 4 });

describe('what the server works on', () => {
  it('follows a model that is loaded for a question', () => {
    let activity = withStreams(idle, 1);
    expect(activity.loading).toBeUndefined();
    activity = withProgress(activity, loading(1));
    expect(activity.loading).toBe(0.25);
    activity = withProgress(activity, { kind: 'stage', stage: 'queued' });
    expect(activity.loading).toBe(0.25);
    activity = withProgress(activity, { kind: 'stage', stage: 'decoding', done: 0, total: 8 });
    expect(activity).toEqual({ streams: 1, loading: undefined });
  });

  it('follows a model that is loaded by itself', () => {
    const progress = [{ stage: 'verify', fraction: 0 }, { stage: 'vision', fraction: 0.5 }, { stage: 'language', fraction: 1 }];
    expect(progress.map((value) => withProgress(idle, value).loading)).toEqual([0, 0.5, undefined]);
  });

  it('forgets a load that was given up, and is not disturbed by other values', () => {
    expect(withStreams(withProgress(withStreams(idle, 1), loading(2)), 0)).toEqual(idle);
    expect(withProgress(idle, { kind: 'delta', text: 'x' })).toBe(idle);
    expect(withProgress(idle, { fraction: 0.5 })).toBe(idle);
  });
});

describe('the status bar item', () => {
  it.each([
    [look({ state: 'stopped' }), '$(device-camera-video) VideoChat', 'normal'],
    [look({ state: 'starting' }), '$(loading~spin) VideoChat: starting', 'normal'],
    [look({ state: 'ready' }), '$(device-camera-video) VideoChat', 'normal'],
    [look({ state: 'ready' }, { streams: 1, loading: 0.333 }), '$(loading~spin) VideoChat: loading 33%', 'normal'],
    [look({ state: 'ready' }, { streams: 1, loading: undefined }), '$(loading~spin) VideoChat: busy', 'normal'],
    [look({ state: 'ready' }, { streams: 2, loading: undefined }, status), '$(loading~spin) VideoChat: busy (vulkan)', 'normal'],
    [look({ state: 'restarting', attempt: 2, delayMs: 1000 }), '$(warning) VideoChat: restarting', 'warning'],
    [look({ state: 'failed', error: new VideoChatError(ErrorCode.ConnectionLost, 'Five times.'), offerCpuOnly: true }), '$(error) VideoChat: error', 'error'],
  ])('looks right: %#', ({ text, severity }, expected, level) => expect([text, severity]).toEqual([expected, level]));

  it('tells devices and memory in its tooltip, but not those of a server that is gone', () => {
    expect(look({ state: 'ready' }, idle, status).lines).toEqual([
      'The server is ready.',
      'Model mini: encoder on webgpu, language on vulkan',
      'Memory: 300 MB, conversations: 2',
    ]);
    expect(look({ state: 'restarting', attempt: 2, delayMs: 1 }, idle, status).lines).toEqual([
      'The server ended unexpectedly and is started again (attempt 2).',
    ]);
  });

  it('says to screen readers what the icon says to others', () => {
    expect(look({ state: 'ready' }).label).toBe('VideoChat: The server is ready.');
  });
});
