import { beforeEach, describe, expect, it } from 'vitest';
import { Downloads } from '../../../../extension/models/downloads.js';
import { ErrorCode, VideoChatError } from '../../../../server/protocol/index.js';
import { ScriptedServer } from '../../../fakes/scriptedServer.js';

const result = { folder: '/models/eyes', variant: 'q8_0', files: [] };
const params = { entryId: 'eyes' };

describe('downloads', () => {
  let server: ScriptedServer;
  let downloads: Downloads;
  let told: string[];
  beforeEach(async () => {
    server = new ScriptedServer();
    told = [];
    const client = await server.connect();
    downloads = new Downloads(async () => client, (id, what) => void told.push(`${id} ${what}`));
  });

  /** The server fetches until it is asked to stop. */
  function fetchUntilCancelled(): void {
    server.scripts['models/pull'] = (_params, { token, progress }) =>
      new Promise((_resolve, reject) => {
        progress({ stage: 'fetching', done: 1, total: 4, rate: 1 });
        token.onCancellationRequested(() => reject(new VideoChatError(ErrorCode.RequestCancelled, 'Cancelled.')));
      });
  }
  const come = () => expect.poll(() => downloads.get('eyes')?.progress?.done).toBe(1);

  it('tell how far they are, and what came of them', async () => {
    server.scripts['models/pull'] = (_params, { progress }) => {
      progress({ stage: 'fetching', done: 2, total: 4 });
      return result;
    };
    const end = downloads.start({ ...params, variant: 'q8_0' });
    expect(downloads.get('eyes')).toMatchObject({ phase: 'running' });
    expect(await end).toEqual({ how: 'done', result });
    expect(told).toEqual(['eyes began', 'eyes progress', 'eyes ended']);
    expect(downloads.all).toEqual([]);
  });

  it('are joined by who asks again', async () => {
    fetchUntilCancelled();
    const first = downloads.start(params);
    expect(downloads.start(params)).toBe(first);
    await come();
    await downloads.pause('eyes');
    expect(server.asked('models/pull')).toHaveLength(1);
    expect(await first).toEqual({ how: 'paused' });
  });

  it('keep what has come when they are paused, and go on', async () => {
    fetchUntilCancelled();
    const first = downloads.start(params);
    await come();
    await downloads.pause('eyes');
    expect(await first).toEqual({ how: 'paused' });
    expect(server.asked('models/remove')).toEqual([]);
    server.scripts['models/pull'] = () => result;
    expect(await downloads.start(params)).toEqual({ how: 'done', result });
  });

  it('are thrown away only after they have stopped', async () => {
    fetchUntilCancelled();
    server.scripts['models/remove'] = () => {
      expect(downloads.get('eyes')).toBeUndefined();
      return { freedBytes: 1 };
    };
    const first = downloads.start(params);
    await come();
    const cancelled = downloads.cancel('eyes');
    expect(downloads.get('eyes')?.phase).toBe('cancelling');
    await cancelled;
    expect(await first).toEqual({ how: 'cancelled' });
    expect(server.asked('models/remove')).toEqual([{ id: 'eyes' }]);
  });

  it('are thrown away after a pause, too, and where nothing has come yet', async () => {
    server.scripts['models/remove'] = () => {
      throw new VideoChatError(ErrorCode.InvalidParams, 'It was not fetched.');
    };
    await downloads.cancel('eyes');
    expect(server.asked('models/remove')).toHaveLength(1);
    server.scripts['models/remove'] = () => {
      throw new VideoChatError(ErrorCode.ModelNotWritten, 'No.');
    };
    await expect(downloads.cancel('eyes')).rejects.toMatchObject({ code: ErrorCode.ModelNotWritten });
  });

  it('stay where they were done a moment before', async () => {
    let finish: () => void = () => undefined;
    server.scripts['models/pull'] = () => new Promise((resolve) => (finish = () => resolve(result)));
    const first = downloads.start(params);
    await expect.poll(() => server.asked('models/pull')).toHaveLength(1);
    const cancelled = downloads.cancel('eyes');
    finish();
    await cancelled;
    expect(await first).toEqual({ how: 'done', result });
    expect(server.asked('models/remove')).toEqual([]);
  });

  it('say why they failed, until they are tried again', async () => {
    server.scripts['models/pull'] = () => {
      throw new VideoChatError(ErrorCode.DiskFull, 'There is no room.');
    };
    expect(await downloads.start(params)).toMatchObject({ how: 'failed', error: { code: ErrorCode.DiskFull } });
    expect(downloads.failure('eyes')).toMatchObject({ code: ErrorCode.DiskFull });
    server.scripts['models/pull'] = () => result;
    await downloads.start(params);
    expect(downloads.failure('eyes')).toBeUndefined();
  });

  it('fail with the server, and nothing of them hangs', async () => {
    fetchUntilCancelled();
    const first = downloads.start(params);
    await come();
    server.die();
    expect(await first).toMatchObject({ how: 'failed', error: { code: ErrorCode.ConnectionLost } });
    expect(downloads.all).toEqual([]);
  });

  it('fail where there is no server', async () => {
    downloads = new Downloads(() => Promise.reject(new VideoChatError(ErrorCode.NotTrusted, 'No.')), () => undefined);
    expect(await downloads.start(params)).toMatchObject({ how: 'failed', error: { code: ErrorCode.NotTrusted } });
  });
});
