import type { Readable } from 'node:stream';
import { type Dispatcher, EnvHttpProxyAgent, request } from 'undici';
import type { CancellationToken } from '../common/cancellation.js';
import { throwIfCancelled, toAbortSignal } from '../common/cancellation.js';
import type { Disposable } from '../common/dispose.js';
import { ErrorCode, phrase, VideoChatError } from '../protocol/index.js';
import { checkedAddress } from './hubAddress.js';
import { PassingTrouble } from './hubErrors.js';
import { piecesOf } from './piecesOf.js';

const redirectLimit = 10;
const connectMs = 20_000;
const silenceMs = 60_000;

/** An answer whose body has not been read. It must be read to its end, or {@link drop}ped. */
export interface WebAnswer {
  status: number;
  /** Of the last answer. */
  headers: Headers;
  /** Of each answer on the way, the last one included: hubs say what a file is before they send one elsewhere. */
  hops: { address: URL; headers: Headers }[];
  body: Readable;
  /** What the body brings, where it was asked for with GET. */
  pieces: AsyncGenerator<Buffer>;
}

export interface WebRequest {
  method: 'GET' | 'HEAD';
  headers?: Record<string, string>;
  /** Sent to the first address's origin only. */
  authorization?: string;
  /** Follow redirects to other origins; left out: yes. */
  leaveOrigin?: boolean;
  token?: CancellationToken;
}

/** Speaks HTTP as the environment wants it: `HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`, certificates of Node. */
export class WebClient implements Disposable {
  private agent: Dispatcher | undefined;

  constructor(private readonly env: NodeJS.ProcessEnv = process.env) {}

  /**
   * Asks, and follows redirects. Who may be asked is checked at each step.
   *
   * @throws PassingTrouble where nobody answers, VideoChatError DownloadRefused, RequestCancelled
   */
  async open(first: URL, options: WebRequest): Promise<WebAnswer> {
    const hops: WebAnswer['hops'] = [];
    let address = checkedAddress(first);
    for (let step = 0; step <= redirectLimit; step++) {
      const answer = await this.once(address, first.origin, options);
      const headers = toHeaders(answer.headers);
      const pieces = piecesOf(answer.body);
      hops.push({ address, headers });
      const location = answer.statusCode >= 300 && answer.statusCode < 400 ? headers.get('location') : null;
      if (location === null) {
        return { status: answer.statusCode, headers, hops, body: answer.body, pieces };
      }
      if (!URL.canParse(location, address.href)) {
        drop(answer.body);
        throw new PassingTrouble('a redirect to nowhere');
      }
      const next = checkedRedirect(new URL(location, address), address, answer.body);
      if (options.leaveOrigin === false && next.origin !== first.origin) {
        return { status: 200, headers, hops, body: answer.body, pieces };
      }
      drop(answer.body);
      address = next;
    }
    throw new PassingTrouble('too many redirects');
  }

  async dispose(): Promise<void> {
    const { agent } = this;
    this.agent = undefined;
    await agent?.destroy();
  }

  private async once(address: URL, origin: string, { method, headers, authorization, token }: WebRequest): Promise<Dispatcher.ResponseData> {
    throwIfCancelled(token);
    const { signal, dispose } = toAbortSignal(token);
    try {
      const answer = await request(address, {
        method,
        dispatcher: (this.agent ??= proxyAgent(this.env)),
        signal,
        headers: {
          'accept-encoding': 'identity',
          'user-agent': 'videochat',
          ...headers,
          ...(authorization !== undefined && address.origin === origin ? { authorization } : {}),
        },
        headersTimeout: silenceMs,
        bodyTimeout: silenceMs,
      });
      answer.body.once('close', dispose);
      // A body that nobody reads any more may still fail.
      answer.body.on('error', () => undefined);
      return answer;
    } catch (error) {
      dispose();
      throwIfCancelled(token);
      throw error instanceof VideoChatError ? error : new PassingTrouble(reasonOfFailure(error));
    }
  }
}

/** Ends a body that is not wanted. */
export function drop(body: Readable): void {
  body.destroy();
}

function proxyAgent(env: NodeJS.ProcessEnv): Dispatcher {
  const pick = (name: string): string | undefined => env[name.toLowerCase()] || env[name] || undefined;
  const [httpProxy, httpsProxy, noProxy] = [pick('HTTP_PROXY'), pick('HTTPS_PROXY'), pick('NO_PROXY')];
  return new EnvHttpProxyAgent({
    connect: { timeout: connectMs },
    ...(httpProxy === undefined ? {} : { httpProxy }),
    ...(httpsProxy === undefined ? {} : { httpsProxy }),
    // This machine is never asked through another one.
    noProxy: noProxy === '*' ? '*' : [noProxy, 'localhost', '127.0.0.1', '::1'].filter((name) => name !== undefined).join(','),
  });
}

function checkedRedirect(next: URL, from: URL, body: Readable): URL {
  try {
    if (from.protocol === 'https:' && next.protocol !== 'https:') {
      throw new VideoChatError(ErrorCode.DownloadRefused, phrase`${from.origin} sends the download to ${next.origin}, where the connection is not encrypted.`, {
        hint: 'Somebody between here and the hub changes its answers, or a mirror is wrong.',
        subject: next.origin,
      });
    }
    return checkedAddress(next);
  } catch (error) {
    drop(body);
    throw error;
  }
}

function toHeaders(raw: Record<string, string | string[] | undefined>): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(raw)) {
    for (const each of [value ?? []].flat()) {
      headers.append(name, each);
    }
  }
  return headers;
}

/** Says what failed without the address: signed ones are secrets. */
function reasonOfFailure(error: unknown): string {
  const { code, message, cause } = error as NodeJS.ErrnoException & { cause?: { code?: string; message?: string } };
  return cause?.code ?? code ?? cause?.message ?? message;
}
