import type { Readable } from 'node:stream';
import { type Dispatcher, request } from 'undici';
import { type CancellationToken, throwIfCancelled } from '../../common/cancellation.js';
import { packageVersion } from '../../settings.js';
import { ErrorCode, phrase, VideoChatError } from '../../protocol/index.js';
import { endpointAgent } from './endpointAgent.js';
import { EndpointFailure, retryAfter, toFailure } from './endpointFailure.js';
import { Watchdog } from './watchdog.js';

/** In milliseconds. */
export interface EndpointTimeouts {
  connect: number;
  /** From the request to the first text. */
  firstText: number;
  /** Between two pieces of an answer, and for everything that is no answer. */
  idle: number;
}

/** A prompt with frames is read for minutes where nothing but a CPU reads it. */
export const usualTimeouts: EndpointTimeouts = { connect: 10_000, firstText: 300_000, idle: 60_000 };

export interface EndpointAccess {
  endpoint: URL;
  apiKey?: string;
  allowHttp?: boolean;
  timeouts?: EndpointTimeouts;
}

export interface EndpointAnswer {
  contentType: string;
  body: Readable;
  watchdog: Watchdog;
}

const errorBytes = 64 * 1024;
const jsonBytes = 8 * 1024 * 1024;

/** Speaks HTTP with one endpoint. The key goes into one header and nowhere else. */
export class EndpointClient {
  readonly host: string;
  readonly timeouts: EndpointTimeouts;
  private readonly agent: Dispatcher;

  /** @throws VideoChatError EndpointInsecure */
  constructor(private readonly access: EndpointAccess) {
    const { endpoint, allowHttp = false, timeouts = usualTimeouts } = access;
    this.host = endpoint.host;
    this.timeouts = timeouts;
    this.agent = endpointAgent(endpoint, { allowHttp, connectMs: timeouts.connect });
  }

  /**
   * Reads JSON. `path` is put behind the endpoint's.
   *
   * @throws VideoChatError, or EndpointFailure where it may pass
   */
  async readJson(path: string, token: CancellationToken): Promise<unknown> {
    const answer = await this.open('GET', path, undefined, this.timeouts.idle, {}, token);
    try {
      return JSON.parse(await this.readText(answer, jsonBytes, token));
    } catch (error) {
      throw error instanceof SyntaxError ? notUnderstood(this.host) : error;
    }
  }

  /** Asks for an answer, whose body must be read or destroyed. @throws as {@link readJson} */
  post(path: string, body: object, about: { model: string; withImages: boolean; withVideo: boolean }, token: CancellationToken): Promise<EndpointAnswer> {
    return this.open('POST', path, JSON.stringify(body), this.timeouts.firstText, about, token);
  }

  /** The whole body as text. */
  async readText({ body, watchdog }: EndpointAnswer, mostBytes: number, token: CancellationToken): Promise<string> {
    try {
      const chunks: Buffer[] = [];
      let bytes = 0;
      for await (const chunk of body as AsyncIterable<Buffer>) {
        watchdog.expect(this.timeouts.idle);
        bytes += chunk.length;
        if (bytes > mostBytes) {
          throw notUnderstood(this.host);
        }
        chunks.push(chunk);
      }
      return Buffer.concat(chunks).toString('utf8');
    } catch (error) {
      throw this.explain(error, watchdog, token);
    } finally {
      watchdog.dispose();
      body.destroy();
    }
  }

  /** Why reading failed, as what is thrown for it. */
  explain(error: unknown, { timedOut }: Watchdog, token: CancellationToken): Error {
    throwIfCancelled(token);
    if (error instanceof VideoChatError || error instanceof EndpointFailure) {
      return error;
    }
    if (timedOut) {
      return new VideoChatError(ErrorCode.EndpointTimedOut, phrase`${this.host} has said nothing for ${Math.ceil(timedOut / 1000)} seconds.`, {
        hint: 'It may be overloaded: ask with fewer frames, or look into its log.',
        subject: this.host,
      });
    }
    const { code, cause, message } = error as NodeJS.ErrnoException & { cause?: unknown };
    if (cause instanceof VideoChatError) {
      return cause;
    }
    return new EndpointFailure(
      new VideoChatError(ErrorCode.EndpointUnreachable, phrase`${this.host} cannot be reached, or the connection broke (${code ?? message}).`, {
        hint: 'Look whether that server runs, and whether the URL is right.',
        subject: this.host,
      }),
    );
  }

  async dispose(): Promise<void> {
    await this.agent.destroy();
  }

  private async open(
    method: 'GET' | 'POST',
    path: string,
    body: string | undefined,
    firstMs: number,
    { model, withImages = false, withVideo = false }: { model?: string; withImages?: boolean; withVideo?: boolean },
    token: CancellationToken,
  ): Promise<EndpointAnswer> {
    throwIfCancelled(token);
    const { endpoint, apiKey } = this.access;
    const watchdog = new Watchdog(token);
    watchdog.expect(firstMs);
    try {
      const { statusCode, headers, body: readable } = await request(new URL(`${endpoint.href.replace(/\/+$/, '')}/${path}`), {
        method,
        dispatcher: this.agent,
        signal: watchdog.signal,
        // The watchdog's business.
        ...{ headersTimeout: 0, bodyTimeout: 0 },
        headers: {
          accept: 'application/json, text/event-stream',
          'accept-encoding': 'identity',
          'user-agent': `videochat/${packageVersion()}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }),
        },
        ...(body === undefined ? {} : { body }),
      });
      // A body that nobody reads any more may still fail.
      readable.on('error', () => undefined);
      const answer = { contentType: single(headers['content-type']) ?? '', body: readable as Readable, watchdog };
      if (statusCode >= 200 && statusCode < 300) {
        return answer;
      }
      const text = await this.readText(answer, errorBytes, token).catch(() => '');
      const retryAfterMs = retryAfter(single(headers['retry-after']), Date.now());
      throw toFailure({ host: this.host, status: statusCode, text, withImages, withVideo, apiKey, ...(retryAfterMs === undefined ? {} : { retryAfterMs }), ...(model === undefined ? {} : { model }) });
    } catch (error) {
      watchdog.dispose();
      throw this.explain(error, watchdog, token);
    }
  }
}

export function notUnderstood(host: string): VideoChatError {
  return new VideoChatError(ErrorCode.EndpointFailed, phrase`${host} does not answer as an OpenAI-compatible server does.`, {
    hint: 'Check the URL of the endpoint: it usually ends in /v1.',
    subject: host,
  });
}

function single(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}
