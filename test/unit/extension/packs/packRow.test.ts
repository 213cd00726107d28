import { describe, expect, it } from 'vitest';
import { packActions, packLook } from '../../../../extension/packs/packRow.js';
import { pullText } from '../../../../extension/packs/pullText.js';
import type { GpuPack, PackState } from '../../../../server/protocol/index.js';

const t = (message: string, ...args: (string | number | boolean)[]): string => message.replace(/\{(\d+)\}/g, (_, index: string) => String(args[Number(index)]));
const list = { card: { name: 'NVIDIA GeForce RTX 4090' }, enabled: true };
const pack = (state: PackState, more: Partial<GpuPack> = {}): GpuPack => ({
  ...{ id: 'language-cuda', name: 'CUDA', description: 'It.', part: 'language', version: '1.0.0', licence: { name: 'MIT' }, page: 'https://example.com' },
  ...{ bytes: 320e6, state, bytesHere: 0, fetching: false, inUse: false, suggested: false },
  ...more,
});
const verdict = { works: true, message: 'The pack works.', timeMs: 0 };

describe('a row of a GPU pack', () => {
  it('says for which card it is, and how large', () => {
    expect(packLook(pack('absent'), list, t)).toEqual({ icon: 'cloud-download', description: 'for NVIDIA GeForce RTX 4090 · 320.0 MB' });
    expect(packActions(pack('absent'))).toEqual(['add']);
  });

  it('says how far a download is', () => {
    expect(packLook(pack('partial', { bytesHere: 160e6 }), list, t).description).toBe('paused at 50 %');
    expect(packActions(pack('partial'))).toEqual(['add', 'remove']);
    expect(packLook(pack('partial', { fetching: true, bytesHere: 160e6 }), list, t).icon).toBe('sync~spin');
    expect(packActions(pack('partial', { fetching: true }))).toEqual([]);
  });

  it('says what its test has shown', () => {
    expect(packLook(pack('installed', { bytesHere: 560e6, verdict }), list, t)).toEqual({ icon: 'zap', colour: 'charts.green', description: 'works · 560.0 MB' });
    expect(packLook(pack('installed', { verdict: { ...verdict, works: false, reason: 'noDriver', message: 'There is no NVIDIA driver.' } }), list, t)).toMatchObject({ icon: 'warning', description: 'There is no NVIDIA driver.' });
    expect(packActions(pack('installed'))).toEqual(['test', 'remove']);
  });

  it('says that packs are switched off', () => {
    expect(packLook(pack('installed', { verdict }), { ...list, enabled: false }, t).description).toContain('switched off');
  });

  it('is fetched again where it is broken or of another version', () => {
    expect(packLook(pack('broken', { problem: 'Its file a is missing.' }), list, t)).toMatchObject({ icon: 'error', description: 'Its file a is missing.' });
    expect(packActions(pack('broken'))).toEqual(['add', 'remove']);
    expect(packActions(pack('outdated'))).toEqual(['add', 'remove']);
  });
});

it('the way of a pack is told in a few words', () => {
  expect(pullText({ stage: 'fetching', done: 160e6, total: 320e6, rate: 20e6 }, t)).toBe('50 % · 20.0 MB/s');
  expect(pullText({ stage: 'unpacking', done: 1e6 }, t)).toBe('unpacking: 1.0 MB');
  expect(pullText({ stage: 'probing', done: 0 }, t)).toBe('testing it…');
});
