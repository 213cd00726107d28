import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What may go wrong on the way; members may be changed while it runs. */
export interface RegistryFaults {
  /** Statuses of the next answers, before it answers rightly. */
  statuses: number[];
  /** Each answer ends after this fraction of the file, with a broken connection. */
  cutEvery?: number;
  /** One byte of what it sends is another. */
  wrongByte?: boolean;
  /** Nothing but the head of an answer comes. */
  hangs?: boolean;
}

/** A small package registry: files by their paths, with ranges; and what npm and NuGet publish of them. */
export class RegistryServer {
  readonly faults: RegistryFaults = { statuses: [] };
  readonly requests: { path: string; range?: string }[] = [];
  private readonly files = new Map<string, Buffer>();

  private constructor(private readonly server: Server) {}

  static async start(): Promise<RegistryServer> {
    const server = createServer();
    const registry = new RegistryServer(server);
    server.on('request', (request, response) => registry.answer(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return registry;
  }

  get address(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/`;
  }

  /** @param path without the leading slash */
  add(path: string, content: Buffer): void {
    this.files.set(path, content);
  }

  /** What npm says of a version. */
  publishNpm(path: string, archive: Buffer): void {
    this.add(path, Buffer.from(JSON.stringify({ dist: { integrity: `sha512-${createHash('sha512').update(archive).digest('base64')}` } })));
  }

  /** What NuGet says of a version: in two steps. */
  publishNuGet(path: string, archive: Buffer): void {
    this.add(path, Buffer.from(JSON.stringify({ catalogEntry: 'https://api.nuget.org/catalog/entry.json' })));
    const facts = { packageHash: createHash('sha512').update(archive).digest('base64'), packageHashAlgorithm: 'SHA512', packageSize: archive.length };
    this.add('catalog/entry.json', Buffer.from(JSON.stringify(facts)));
  }

  async dispose(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private answer({ url = '', headers }: IncomingMessage, response: ServerResponse): void {
    const path = decodeURIComponent(url.slice(1));
    const { range } = headers;
    this.requests.push({ path, ...(range === undefined ? {} : { range }) });
    const status = this.faults.statuses.shift();
    const content = this.files.get(path);
    if (status !== undefined || !content) {
      return void response.writeHead(status ?? 404).end();
    }
    const start = Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0);
    const ranged = start > 0 ? { 'content-range': `bytes ${start}-${content.length - 1}/${content.length}` } : {};
    response.writeHead(start > 0 ? 206 : 200, { 'content-length': content.length - start, etag: `"${createHash('md5').update(content).digest('hex')}"`, ...ranged });
    const { cutEvery, wrongByte, hangs } = this.faults;
    if (hangs) {
      return void response.flushHeaders();
    }
    const end = cutEvery === undefined ? content.length : Math.min(content.length, start + Math.ceil(cutEvery * content.length));
    const piece = Buffer.from(content.subarray(start, end));
    if (wrongByte) {
      piece[piece.length >> 1]! ^= 1;
    }
    response.write(piece, () => (end < content.length ? setImmediate(() => response.destroy()) : response.end()));
  }
}
