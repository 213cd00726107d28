import { describe, expect, it } from 'vitest';
import { beatMs } from '../../../extension/server/heartbeat.js';
import { ChatSendRequest, ErrorCode, ModelListRequest, ModelStatusRequest, VideoChatError } from '../../../server/protocol/index.js';
import { isAlive } from '../../../server/common/isAlive.js';
import { fake, supervise, type Supervised } from './supervised.js';

const code = (error: unknown): unknown => (error instanceof VideoChatError ? error.code : error);
const beats = async ({ server, clock }: Supervised, count: number): Promise<void> => {
  await expect.poll(() => server.running()?.client.openRequests, { timeout: 30_000 }).toBe(1);
  for (let beat = 0; beat < count; beat++) {
    clock.advance(beatMs);
  }
};
const ask = async ({ server }: Supervised, text: string, onProgress?: () => void): Promise<string> => {
  const { client } = await server.client();
  return (await client.request(ChatSendRequest, { chatId: 'c', text }, { onProgress })).text;
};

describe('a server that crashes at its start', () => {
  it('is started again four times, ever later, then given up with the offer of CPU-only mode', async () => {
    const all = supervise(fake('crashesAtStart'));
    const error = await all.server.client().catch((reason: unknown) => reason);
    expect(code(error)).toBe(ErrorCode.ConnectionLost);
    expect((error as Error).message).toMatch(/crashed 5 times within 3 minutes/);
    expect(all.starts).toHaveLength(5);
    expect(all.states.flatMap((state) => (state.state === 'restarting' ? [[state.attempt, state.delayMs]] : []))).toEqual([
      [1, 500],
      [2, 1000],
      [3, 2000],
      [4, 4000],
    ]);
    expect(all.server.state).toMatchObject({ state: 'failed', offerCpuOnly: true });
    expect(all.log).toContain('info: server: cannot open shared object file');
  });

  it('stays given up until it is restarted; then counting begins anew, without the graphics card', async () => {
    const all = supervise(fake('crashesAtStart'));
    await all.server.client().catch(() => undefined);
    await expect(all.server.client()).rejects.toThrow(/crashed 5 times/);
    expect(all.starts).toHaveLength(5);
    await expect(all.server.restart({ cpuOnly: true })).rejects.toThrow(/crashed 5 times/);
    expect(all.starts).toEqual([...Array(5).fill(false), ...Array(5).fill(true)]);
    expect(all.server.state).toMatchObject({ state: 'failed', offerCpuOnly: false });
  });

  it('is one failure for all who wait', async () => {
    const all = supervise(fake('crashesAtStart'));
    const waiting = await Promise.allSettled([all.server.client(), all.server.client(), all.server.client()]);
    expect(waiting.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(all.starts).toHaveLength(5);
  });

  it('does not start any more once the window is closed', async () => {
    const all = supervise(fake('crashesAtStart'), { skipBackOff: false });
    const client = all.server.client().catch(code);
    await all.until('restarting');
    await all.server.dispose();
    expect(await client).toBe(ErrorCode.ShuttingDown);
    all.clock.advance(600_000);
    expect(all.starts).toHaveLength(1);
    await expect(all.server.client()).rejects.toThrow(/shutting down/);
  });
});

describe('a server that crashes in the middle of an answer', () => {
  it('fails the request and comes back under a new session', async () => {
    const all = supervise(fake('crashesMidAnswer'));
    const before = await all.server.client();
    const heard: unknown[] = [];
    const error = await ask(all, 'crash', () => heard.push(1)).catch((reason: unknown) => reason);
    expect([code(error), heard.length]).toEqual([ErrorCode.ConnectionLost, 1]);
    expect(all.server.running()).toBeUndefined();
    expect(await ask(all, 'again')).toBe('A red ball.');
    const after = await all.server.client();
    expect([before.session, after.session]).toEqual([1, 2]);
    expect(all.log.join('\n')).toMatch(/ended unexpectedly: signal SIGKILL/);
  });

  it('is given up when it does so five times', async () => {
    const all = supervise(fake('crashesMidAnswer'));
    for (let crash = 0; crash < 5; crash++) {
      await ask(all, 'crash').catch(() => undefined);
    }
    await all.until('failed');
    await expect(ask(all, 'again')).rejects.toThrow(/crashed 5 times/);
    await all.server.restart();
    expect(await ask(all, 'again')).toBe('A red ball.');
  });
});

describe('a server that hangs', () => {
  it('is killed with its children and started again, as soon as it owes an answer for half a minute', async () => {
    const all = supervise(fake('hangs'));
    const { client } = await all.server.client();
    const { childId } = (await client.request(ModelStatusRequest, { modelId: 'x' })) as unknown as { childId: number };
    const answer = ask(all, 'anything').catch(code);
    await beats(all, 4);
    expect(await answer).toBe(ErrorCode.ConnectionLost);
    expect((await all.server.client()).session).toBe(2);
    await expect.poll(() => isAlive(childId), { timeout: 30_000 }).toBe(false);
    expect(isAlive(client.processId ?? 0)).toBe(false);
    expect(all.log.join('\n')).toMatch(/did not answer any more/);
  });

  it('is killed when the window closes', async () => {
    const all = supervise(fake('hangs'));
    const { client } = await all.server.client();
    void ask(all, 'anything').catch(() => undefined);
    await all.server.dispose();
    expect(isAlive(client.processId ?? 0)).toBe(false);
    expect(all.server.state).toEqual({ state: 'stopped' });
  });

  it('is left alone while nobody waits for it', async () => {
    const all = supervise(fake('hangs'));
    const { session } = await all.server.client();
    all.clock.advance(100 * beatMs);
    expect(all.server.running()?.session).toBe(session);
  });
});

describe('a server that answers after it was told to stop', () => {
  it('is heard out, and what follows the answer is dropped', async () => {
    const all = supervise(fake('answersAfterCancel'));
    const { client } = await all.server.client();
    const stop = new AbortController();
    const heard: unknown[] = [];
    const answer = client.request(ChatSendRequest, { chatId: 'c', text: 'x' }, { signal: stop.signal, onProgress: (value) => heard.push(value) });
    stop.abort();
    expect(await answer).toEqual({ text: 'late' });
    await client.request(ModelListRequest, {});
    expect(heard).toEqual([{ kind: 'delta', text: 'late' }]);
  });
});

describe('a server of another version', () => {
  it('is refused at once: starting it again would not help', async () => {
    const all = supervise(fake('wrongVersion'));
    const error = await all.server.client().catch((reason: unknown) => reason);
    expect(code(error)).toBe(ErrorCode.ProtocolVersionMismatch);
    expect((error as Error).message).toMatch(/speaks protocol 2\.0/);
    expect(all.starts).toHaveLength(1);
    expect(all.server.state).toMatchObject({ state: 'failed', offerCpuOnly: false });
  });
});

describe('a server with noise on its stdout', () => {
  it('answers, and the noise is in the log', async () => {
    const all = supervise(fake('noiseOnStdout'));
    expect(await ask(all, 'x')).toBe('calm');
    await expect.poll(() => all.log.some((line) => line.length > 300_000), { timeout: 30_000 }).toBe(true);
    expect(all.log).toContain('info: server: llama_model_loader: loaded');
    expect(all.server.running()).toBeDefined();
  });
});

describe('a server that sends what is no message', () => {
  const kinds = ['bytes', 'text', 'brokenJson', 'brokenCharacters', 'nothing', 'number', 'list', 'empty', 'answerToNobody', 'tooLarge'];
  it.each(kinds)('(%s) fails the request, throws nothing here, and is started again', async (kind) => {
    const thrown: unknown[] = [];
    const note = (error: unknown): void => void thrown.push(error);
    process.on('uncaughtException', note);
    try {
      const all = supervise(fake('garbageOnTheChannel'));
      const { client } = await all.server.client();
      const error = await ask(all, kind).catch((reason: unknown) => reason);
      expect(code(error)).toBe(ErrorCode.ConnectionLost);
      expect(await ask(all, 'again')).toBe('A red ball.');
      expect((await all.server.client()).session).toBe(2);
      expect(isAlive(client.processId ?? 0)).toBe(false);
      expect(all.log.join('\n')).toMatch(/Connection: /);
      expect(thrown).toEqual([]);
    } finally {
      process.off('uncaughtException', note);
    }
  });
});

describe('a server that sends half a message', () => {
  it('and dies has crashed', async () => {
    const all = supervise(fake('halfMessage'));
    expect(await ask(all, 'x').catch(code)).toBe(ErrorCode.ConnectionLost);
    expect((await all.server.client()).session).toBe(2);
  });

  it('and nothing more has hung', async () => {
    const all = supervise(fake('halfMessage'));
    await all.server.client();
    const answer = ask(all, 'silent').catch(code);
    await beats(all, 4);
    expect(await answer).toBe(ErrorCode.ConnectionLost);
  });
});

describe('a server that starts slowly', () => {
  it('is waited for', async () => {
    const all = supervise(fake('slowStart'));
    const client = all.server.client();
    expect(all.server.state).toEqual({ state: 'starting' });
    expect(all.server.running()).toBeUndefined();
    expect((await client).session).toBe(1);
    expect(all.starts).toHaveLength(1);
  });

  it('but not for ever: after a minute it is killed and has crashed', async () => {
    process.env['SLOW_START_MS'] = 'never';
    try {
      const all = supervise(fake('slowStart'), { skipBackOff: false });
      const client = all.server.client().catch(code);
      all.clock.advance(60_000);
      expect(await all.until('restarting')).toMatchObject({ attempt: 1 });
      expect(all.log.join('\n')).toMatch(/not ready within 60 s/);
      await all.server.dispose();
      expect(await client).toBe(ErrorCode.ShuttingDown);
    } finally {
      delete process.env['SLOW_START_MS'];
    }
  });

  it('can be restarted meanwhile; who waits gets the new one', async () => {
    const all = supervise(fake('slowStart'));
    const first = all.server.client();
    await all.server.restart({ cpuOnly: true });
    expect((await first).session).toBe((await all.server.client()).session);
    expect(all.starts).toEqual([false, true]);
  });
});

describe('a workspace that is not trusted', () => {
  it('starts no server; once it is trusted, it does', async () => {
    let trusted = false;
    const refusal = (): VideoChatError | undefined => (trusted ? undefined : new VideoChatError(ErrorCode.NotTrusted, 'no'));
    const all = supervise(fake('slowStart'), { refusal });
    await expect(all.server.client()).rejects.toThrow('no');
    await expect(all.server.restart()).rejects.toThrow('no');
    expect([all.starts.length, all.server.state.state]).toEqual([0, 'stopped']);
    trusted = true;
    expect((await all.server.client()).session).toBe(1);
  });
});
