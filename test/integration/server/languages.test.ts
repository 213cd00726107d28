import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ErrorCode, type FramePlan, type VideoOpenResult } from '../../../server/protocol/index.js';
import { RawConnection } from '../../fakes/rawConnection.js';
import { makeClip } from '../../media/makeClip.js';
import { buildServer, ServerProcess } from './serverProcess.js';

describe('clients of one server in two languages', () => {
  let server: ServerProcess;
  let chinese: RawConnection;
  let english: RawConnection;

  beforeAll(async () => {
    await buildServer();
    const id = randomUUID().slice(0, 8);
    const name = process.platform === 'win32' ? `\\\\.\\pipe\\videochat-${id}` : join(tmpdir(), `vc-${id}.sock`);
    server = ServerProcess.start(['--listen', name]);
    await vi.waitFor(() => expect(server.stderr).toContain('Listening'), 30_000);
    const dial = async (locale: string): Promise<RawConnection> => {
      const socket = connect(name);
      await new Promise((resolve) => socket.once('connect', resolve));
      const client = new RawConnection(socket, socket);
      await client.initialize({ locale });
      return client;
    };
    [chinese, english] = await Promise.all([dial('zh-cn'), dial('en')]);
  });
  afterAll(() => server.kill());

  it('tells each in its own what is wrong and what to do, with the same code', async () => {
    const path = join(tmpdir(), `${randomUUID()}.mp4`);
    const [inChinese, inEnglish] = await Promise.all([chinese, english].map((client) => client.request(1, 'video/open', { path })));
    expect(inChinese?.error).toMatchObject({
      code: ErrorCode.VideoNotFound,
      message: '没有这个文件。',
      data: { hint: '请检查路径。', english: 'There is no such file.' },
    });
    expect(inEnglish?.error).toMatchObject({
      code: ErrorCode.VideoNotFound,
      message: 'There is no such file.',
      data: { hint: 'Check the path.' },
    });
  });

  it('says the reasons in results in both', async () => {
    const path = await makeClip({ name: 'plain' });
    const reasons = await Promise.all(
      [chinese, english].map(async (client) => {
        const { videoId } = (await client.request(2, 'video/open', { path })).result as VideoOpenResult;
        return ((await client.request(3, 'video/plan', { videoId, plan: 'videochat:4' })).result as FramePlan).reason;
      }),
    );
    expect(reasons).toEqual(['4 帧，取自视频的 4 个等分中每一份的中间', '4 frames, one from the middle of each of 4 equal parts of the clip']);
  });

  it('fills the gaps of a message', async () => {
    const { error } = await chinese.request(4, 'model/load', { modelId: 'nothing-like-this' });
    expect(error).toMatchObject({ code: ErrorCode.ModelUnknown, message: '没有模型“nothing-like-this”。' });
    expect(error?.data?.hint).toMatch(/^找到的模型：/);
  });

  it('logs in English', () => {
    expect(server.stderr).not.toMatch(/[\u4e00-\u9fff]/);
  });
});
