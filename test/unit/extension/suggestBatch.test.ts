import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { describeBatch, failureReport } from '../../../extension/suggestions/batchReport.js';
import { type BatchEnd, suggestBatch } from '../../../extension/suggestions/suggestBatch.js';
import { cancellationSource } from '../../../server/common/cancellation.js';
import { type AnnotateBatchParams, type AnnotateBatchProgress, ErrorCode, VideoChatError } from '../../../server/protocol/index.js';
import { RealServer } from '../../fakes/realServer.js';

const t = (text: string, ...parts: (string | number | boolean)[]): string => text.replace(/\{(\d)\}/g, (_, index: string) => String(parts[Number(index)]));

describe('suggestions for a folder', () => {
  let folder: string;
  let server: RealServer;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'videochat-test-'));
    await Promise.all(['a.mp4', 'b.mp4', 'c.mp4'].map((name) => writeFile(join(folder, name), name)));
    server = new RealServer();
  });
  afterEach(async () => {
    await server.dispose();
    await rm(folder, { recursive: true, force: true });
  });

  const run = (more: Partial<AnnotateBatchParams> = {}, report: (progress: AnnotateBatchProgress) => void = () => undefined, source = cancellationSource()): Promise<BatchEnd> =>
    suggestBatch({ server, params: { path: folder, task: 'description', modelId: 'tiny', concurrency: 1, ...more }, token: source.token, report });

  it('are written, and are there when it is run again', async () => {
    const progress: AnnotateBatchProgress[] = [];
    expect(await run({}, (value) => void progress.push(value))).toMatchObject({ result: { clips: 3, done: 3, skipped: 0 } });
    expect(progress.filter(({ kind }) => kind === 'clip').map(({ done }) => done)).toEqual([1, 2, 3]);
    expect(await run()).toMatchObject({ result: { done: 0, skipped: 3 } });
    expect(await run({ resume: false })).toMatchObject({ result: { done: 3 } });
    expect(await readFile(join(folder, 'a.mp4.videochat.json'), 'utf8')).toContain('"description": "A red ball."');
  });

  it('begin anew where the journal is of other options', async () => {
    await run();
    expect(await run({ sampling: { temperature: 1 } })).toMatchObject({ result: { done: 3, skipped: 0 } });
  });

  it('stop when the person wants it, and go on', async () => {
    const source = cancellationSource();
    const end = await run({}, ({ kind, done }) => kind === 'clip' && done === 1 && source.cancel(), source);
    expect(end).toEqual({ stopped: 'cancelled', done: 1, total: 3 });
    expect(await run()).toMatchObject({ result: { done: 2, skipped: 1 } });
  });

  it('say that the server has ended, and go on with the next one', async () => {
    let ended = false;
    const end = await run({}, ({ kind }) => {
      if (kind === 'clip' && !ended) {
        ended = true;
        server.fake.gates.generate.close();
        void server.running()?.client.dispose();
      }
    });
    expect(end).toMatchObject({ stopped: 'serverLost', total: 3 });
    await server.restart();
    expect(await run()).toMatchObject({ result: { clips: 3, failed: [] } });
  });

  it('pass on what no clip is to blame for, and that there is no server', async () => {
    await expect(run({ modelId: 'nobody' })).rejects.toMatchObject({ code: ErrorCode.ModelUnknown });
    const down = new VideoChatError(ErrorCode.ConnectionLost, 'Down.');
    const params = { path: folder, task: 'description' as const };
    await expect(suggestBatch({ server: { client: () => Promise.reject(down) }, params, token: cancellationSource().token, report: () => undefined })).rejects.toBe(down);
  });
});

describe('what is said of a batch', () => {
  const result = { clips: 6, done: 2, skipped: 1, failed: [{ videoPath: join('/data', 'sub', '*a*.mp4'), code: 202, message: 'Not a [video](command:x).\n<script>' }], journal: '' };

  it('counts', () => {
    expect(describeBatch(result, t)).toBe('Suggestions are done: 2 clips annotated, 1 were done before, 3 failed.');
    expect(describeBatch({ ...result, skipped: 0, clips: 2 }, t)).toBe('Suggestions are done: 2 clips annotated.');
  });

  it('lists failures without markup of others', () => {
    const report = failureReport(result, '/data', t);
    expect(report).toContain('- **sub/\\*a\\*.mp4**: Not a \\[video\\](command:x). \\<script\\>');
    expect(report).toContain('… and 2 more');
  });
});
