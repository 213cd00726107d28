import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** What may go wrong on the way; members may be changed while it runs. */
export interface HubFaults {
  /** Answers of the hub itself before it answers rightly, one after the other. */
  hub: { status: number; headers?: Record<string, string> }[];
  /** The same of the server that has the bytes. */
  store: { status: number; headers?: Record<string, string> }[];
  /** Each answer ends after this fraction of the file, with a broken connection. */
  cutEvery?: number;
  /** Ranges are not understood: every answer is the whole file. */
  noRanges?: boolean;
  /** One byte of what the store sends is another. */
  wrongByte?: boolean;
  /** From so many answers of the store on, it sends this instead, under another tag. */
  swap?: { after: number; content: Buffer; alsoOnHub?: boolean };
  /** The store names no tag. */
  noTags?: boolean;
  /** Pause after each piece, in milliseconds. */
  slowMs?: number;
  /** Where the hub sends those who want the bytes. */
  redirect?: string;
  /** Sent as `Content-Encoding`. */
  encoding?: string;
  /** Who asks must have this token. */
  wantsToken?: string;
  /** Its licence was not accepted. */
  gated?: boolean;
}

export interface HubRequest {
  server: 'hub' | 'store';
  method: string;
  path: string;
  range?: string;
  authorization?: string;
}

interface HubContent {
  content: Buffer;
  large: boolean;
}

export const hubCommit = '0123456789abcdef0123456789abcdef01234567';
const pieceBytes = 16 * 1024;

/** A small hub: it says what files are, and sends who wants a large one to another server, as the real one does. */
export class HubServer {
  readonly requests: HubRequest[] = [];
  readonly faults: HubFaults = { hub: [], store: [] };
  private readonly files = new Map<string, HubContent>();
  private storeAnswers = 0;

  private constructor(
    private readonly hub: Server,
    private readonly store: Server,
  ) {}

  static async start(): Promise<HubServer> {
    const [hub, store] = [createServer(), createServer()];
    const server = new HubServer(hub, store);
    hub.on('request', (request, response) => void server.answer(request, response));
    store.on('request', (request, response) => void server.send(request, response));
    for (const each of [hub, store]) {
      await new Promise<void>((resolve) => each.listen(0, '127.0.0.1', resolve));
    }
    return server;
  }

  get endpoint(): string {
    return originOf(this.hub);
  }

  /** @param path `owner/name/path` */
  add(path: string, content: Buffer, large = true): void {
    this.files.set(path, { content, large });
  }

  async dispose(): Promise<void> {
    for (const each of [this.hub, this.store]) {
      each.closeAllConnections();
      await new Promise((resolve) => each.close(resolve));
    }
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.note('hub', request);
    const trouble = this.faults.hub.shift();
    if (trouble) {
      return void response.writeHead(trouble.status, trouble.headers).end();
    }
    const { wantsToken, gated, redirect } = this.faults;
    if (wantsToken !== undefined && request.headers.authorization !== `Bearer ${wantsToken}`) {
      return void response.writeHead(401).end();
    }
    if (gated) {
      return void response.writeHead(403).end();
    }
    const [, repo = '', path = ''] = /^\/([^/]+\/[^/]+)\/resolve\/[^/]+\/(.*)$/.exec(decodeURIComponent(request.url ?? '')) ?? [];
    const file = this.files.get(`${repo}/${path}`);
    if (!file) {
      return void response.writeHead(404).end();
    }
    const content = this.faults.swap?.alsoOnHub && this.storeAnswers >= this.faults.swap.after ? this.faults.swap.content : file.content;
    const facts = { 'x-repo-commit': hubCommit };
    if (!file.large) {
      response.writeHead(200, { ...facts, etag: `"${gitHash(content)}"`, 'content-length': content.length });
      return void response.end(request.method === 'HEAD' ? undefined : content);
    }
    const location = redirect ?? `${originOf(this.store)}/${sha256(file.content)}?signature=secret`;
    response.writeHead(302, { ...facts, location, 'x-linked-size': content.length, 'x-linked-etag': `"${sha256(content)}"` }).end();
  }

  private async send(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.note('store', request);
    const { faults } = this;
    const trouble = faults.store.shift();
    if (trouble) {
      return void response.writeHead(trouble.status, trouble.headers).end();
    }
    const swapped = faults.swap && this.storeAnswers++ >= faults.swap.after ? faults.swap.content : undefined;
    const name = (request.url ?? '').slice(1, 65);
    const content = swapped ?? [...this.files.values()].find((file) => sha256(file.content) === name)?.content;
    if (!content) {
      return void response.writeHead(404).end();
    }
    const tag = `"store-${sha256(content).slice(0, 8)}"`;
    const range = /^bytes=(\d+)-$/.exec(request.headers.range ?? '');
    const isSame = request.headers['if-range'] === undefined || request.headers['if-range'] === tag;
    const start = range && isSame && !faults.noRanges ? Number(range[1]) : 0;
    const isPart = range !== null && isSame && !faults.noRanges;
    if (isPart && start >= content.length) {
      return void response.writeHead(416, { 'content-range': `bytes */${content.length}` }).end();
    }
    response.writeHead(isPart ? 206 : 200, {
      ...(faults.noTags ? {} : { etag: tag }),
      ...(faults.encoding === undefined ? {} : { 'content-encoding': faults.encoding }),
      'content-length': content.length - start,
      ...(isPart ? { 'content-range': `bytes ${start}-${content.length - 1}/${content.length}` } : {}),
    });
    const end = faults.cutEvery === undefined ? content.length : Math.min(content.length, start + Math.ceil(faults.cutEvery * content.length));
    await this.pieces(response, content, start, end);
    if (end < content.length) {
      // What was written arrives before the connection breaks.
      setImmediate(() => response.destroy());
    } else {
      response.end();
    }
  }

  private async pieces(response: ServerResponse, content: Buffer, start: number, end: number): Promise<void> {
    for (let at = start; at < end && !response.destroyed; at += pieceBytes) {
      const piece = Buffer.from(content.subarray(at, Math.min(end, at + pieceBytes)));
      if (this.faults.wrongByte && at === 0) {
        piece[piece.length >> 1]! ^= 1;
      }
      await new Promise((resolve) => response.write(piece, resolve));
      await (this.faults.slowMs === undefined ? undefined : pause(this.faults.slowMs));
    }
  }

  private note(server: HubRequest['server'], { method = '', url = '', headers }: IncomingMessage): void {
    const { range, authorization } = headers;
    this.requests.push({ server, method, path: url, ...(range === undefined ? {} : { range }), ...(authorization === undefined ? {} : { authorization }) });
  }
}

function originOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function sha256(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

function gitHash(content: Buffer): string {
  return createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex');
}
