import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cancellationSource } from '../../../server/common/cancellation.js';
import { ChatCreateRequest, ChatHistoryRequest, type ChatProgress, ChatSendRequest, ErrorCode, VideoOpenRequest } from '../../../server/protocol/index.js';
import { EndpointBench, failureOf } from '../../fakes/endpointBench.js';
import { type ChatRequest, endsEarly, fallsSilent, hangsUp, hugeEvent, json, neverStops, status, streaming, talksNonsense, words } from '../../fakes/openAiServer.js';
import { removeTemporaryFolders } from '../../fixtures/tinyEncoder.js';

let bench: EndpointBench;

beforeEach(async () => {
  bench = await EndpointBench.start();
});
afterEach(() => bench.dispose());
afterAll(removeTemporaryFolders);

describe('an endpoint that fails', () => {
  const attempts = 5;

  it('is asked again after the time it wants, and then says that it is busy', async () => {
    await bench.declare();
    bench.endpoint.script = [status(429, { error: { message: 'slow down' } }, { 'retry-after': '0.05' }), status(503, 'Loading model'), words('There.')];
    const started = performance.now();
    expect((await bench.ask()).text).toBe('There.');
    expect(performance.now() - started).toBeGreaterThan(45);
    expect(bench.endpoint.bodies).toHaveLength(3);

    bench.endpoint.script = [status(429, { error: { message: 'quota is used up' } })];
    bench.endpoint.bodies.length = 0;
    const busy = await failureOf(bench.ask());
    expect(busy).toMatchObject({ code: ErrorCode.EndpointBusy, message: expect.stringContaining('quota is used up') });
    expect(bench.endpoint.bodies).toHaveLength(attempts);

    // Nobody waits for an hour.
    bench.endpoint.script = [status(429, {}, { 'retry-after': '3600' })];
    bench.endpoint.bodies.length = 0;
    expect((await failureOf(bench.ask())).code).toBe(ErrorCode.EndpointBusy);
    expect(bench.endpoint.bodies).toHaveLength(1);
  });

  it('with broken answers is asked again while nothing was said; what was said stays', async () => {
    await bench.declare();
    bench.endpoint.script = [talksNonsense(), endsEarly(''), words('Whole.')];
    expect((await bench.ask()).text).toBe('Whole.');

    bench.endpoint.script = [hangsUp('The first half')];
    bench.endpoint.bodies.length = 0;
    const chatId = await bench.openChat();
    const progress: ChatProgress[] = [];
    const broken = await failureOf(bench.send(chatId, 'What?', progress));
    expect(broken.code).toBe(ErrorCode.EndpointFailed);
    expect(bench.endpoint.bodies).toHaveLength(1);
    expect(progress.flatMap((each) => (each.kind === 'delta' ? [each.text] : [])).join('')).toBe('The first half');
    const { turns } = await bench.client.request(ChatHistoryRequest, { chatId });
    expect(turns).toMatchObject([{ question: 'What?', answer: 'The first half', state: 'interrupted' }]);

    bench.endpoint.script = [endsEarly('Half')];
    expect((await failureOf(bench.ask())).code).toBe(ErrorCode.EndpointFailed);
    bench.endpoint.script = [status(500, '<html><body>Bad <b>gateway</b></body></html>', { 'content-type': 'text/html' })];
    expect((await failureOf(bench.ask())).message).toContain('Bad gateway');
    bench.endpoint.script = [(response) => (streaming(response), void response.end(`data: ${JSON.stringify({ error: { message: 'CUDA out of memory', code: 500 } })}\n\n`))];
    expect((await failureOf(bench.ask())).message).toContain('CUDA out of memory');
  });

  it('that says nothing is given up, before the first word and after it', async () => {
    await bench.declare();
    bench.endpoint.script = [fallsSilent('')];
    expect((await failureOf(bench.ask())).code).toBe(ErrorCode.EndpointTimedOut);
    bench.endpoint.script = [() => undefined];
    expect((await failureOf(bench.ask())).code).toBe(ErrorCode.EndpointTimedOut);
    bench.endpoint.script = [fallsSilent('Well')];
    expect((await failureOf(bench.ask())).code).toBe(ErrorCode.EndpointTimedOut);
    // Slow is not silent.
    bench.endpoint.script = [words('one two three four five six', { delayMs: 100 })];
    expect((await bench.ask()).text).toBe('one two three four five six');
  });

  it('that does not stop is stopped', async () => {
    await bench.declare();
    bench.endpoint.script = [neverStops()];
    const { videoId } = await bench.client.request(VideoOpenRequest, { path: '/clips/ball.mp4' });
    const { chatId } = await bench.client.request(ChatCreateRequest, { videoId, modelId: 'far', options: { sampling: { maxTokens: 100 } } });
    const answer = await bench.send(chatId);
    expect(answer.stopReason).toBe('length');
    expect(answer.text.length).toBeLessThan(100 * 16 + 2000);
    await expect.poll(() => bench.endpoint.closedEarly).toBe(1);
    bench.endpoint.script = [hugeEvent()];
    expect([ErrorCode.EndpointFailed, ErrorCode.EndpointTimedOut]).toContain((await failureOf(bench.ask())).code);
  });

  it('answers in one piece where it does not stream', async () => {
    await bench.declare();
    bench.endpoint.script = [json({ choices: [{ message: { role: 'assistant', content: 'All at once.' }, finish_reason: 'length' }], usage: { prompt_tokens: 9, completion_tokens: 3 } })];
    expect(await bench.ask()).toMatchObject({ text: 'All at once.', stopReason: 'length', tokens: { prompt: 9, generated: 3 } });
    bench.endpoint.script = [json({ unexpected: true, choices: 'no' })];
    expect((await failureOf(bench.ask())).code).toBe(ErrorCode.EndpointFailed);
  });

  it('without some members of a request is asked without them', async () => {
    await bench.declare();
    const asked: ChatRequest[] = [];
    bench.endpoint.script = [
      status(400, { error: { message: 'Unrecognized request argument supplied: stream_options' } }),
      status(400, { error: { message: "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead." } }),
      (response, request) => (asked.push(request), words('Fine.')(response, request)),
    ];
    expect((await bench.ask()).text).toBe('Fine.');
    expect(asked[0]).toMatchObject({ max_completion_tokens: 2048 });
    expect(asked[0]).not.toHaveProperty('stream_options');
    expect(asked[0]).not.toHaveProperty('max_tokens');
  });

  it('says what is too long, and what it does not have', async () => {
    await bench.declare();
    bench.endpoint.script = [status(400, { error: { message: "This model's maximum context length is 4096 tokens.", type: 'exceed_context_size_error' } })];
    expect((await failureOf(bench.ask())).code).toBe(ErrorCode.ContextOverflow);
    bench.endpoint.script = [status(404, { error: { message: 'model "seer" not found' } })];
    expect((await failureOf(bench.ask())).code).toBe(ErrorCode.EndpointModelUnknown);
    bench.endpoint.script = [words('', { finish: 'content_filter' })];
    expect((await failureOf(bench.ask())).message).toContain('content filter');
  });

  it('loses its connection when the question is cancelled, also while it waits to be asked again', async () => {
    await bench.declare();
    bench.endpoint.script = [fallsSilent('Well')];
    const chatId = await bench.openChat();
    const source = cancellationSource();
    const asked = bench.client.request(ChatSendRequest, { chatId, text: 'What?' }, { token: source.token, onProgress: (value) => (value.kind === 'delta' ? source.cancel() : undefined) });
    expect((await failureOf(asked)).code).toBe(ErrorCode.RequestCancelled);
    await expect.poll(() => bench.endpoint.closedEarly).toBe(1);

    bench.endpoint.script = [status(503, 'Loading', { 'retry-after': '60' })];
    const waiting = cancellationSource();
    const other = bench.client.request(ChatSendRequest, { chatId: await bench.openChat(), text: 'What?' }, { token: waiting.token });
    await expect.poll(() => bench.endpoint.bodies.length).toBe(2);
    waiting.cancel();
    expect((await failureOf(other)).code).toBe(ErrorCode.RequestCancelled);
  });
});
