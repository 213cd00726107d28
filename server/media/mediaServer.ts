import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { CancellationToken } from '../common/cancellation.js';
import type { Disposable } from '../common/dispose.js';
import type { Logger } from '../common/logger.js';
import { ErrorCode, VideoChatError } from '../protocol/index.js';
import type { ClipDataKind } from './clipData.js';
import type { FrameRequest } from './frameStore.js';
import { refuse } from './refuse.js';
import { sendFile, type SentFile } from './sendFile.js';
import { sendFrame } from './sendFrame.js';
import { type Made, sendMade } from './sendMade.js';

/** What can be had of one opened medium. */
export interface Publication {
  mediaId: string;
  file: SentFile;
  frame(request: FrameRequest, token: CancellationToken): Promise<Buffer>;
  /** About the whole clip; undefined where it has none. */
  data(kind: ClipDataKind, query: URLSearchParams, token: CancellationToken): Promise<Made | undefined>;
}

interface Published extends Publication {
  /** Answers under way; they end with the publication. */
  readonly responses: Set<ServerResponse>;
}

/**
 * Serves opened media on 127.0.0.1, on a port that the system chooses at the first one.
 *
 * The right to a medium is its path, which holds 192 random bits and is told to the client only; everything else is
 * `404`. The `Host` header is not looked at: an editor's port forwarding changes it, and against a page that
 * rebinds its name to 127.0.0.1 the path protects as well, since such a page cannot know it. For the same reason any
 * origin may read an answer, which a page needs to draw a video on a canvas.
 */
export class MediaServer implements Disposable {
  private readonly published = new Map<string, Published>();
  private listening: Promise<{ server: Server; port: number }> | undefined;
  private disposed = false;

  constructor(private readonly logger: Logger) {}

  /** Begins to serve a medium. Rejects when no port can be opened, and after disposal. */
  async publish(publication: Publication): Promise<{ url: string } & Disposable> {
    if (this.disposed) {
      throw new VideoChatError(ErrorCode.ShuttingDown, 'The media server was closed.');
    }
    this.listening ??= this.listen().catch((error: unknown) => {
      this.listening = undefined;
      throw error;
    });
    const { port } = await this.listening;
    const token = randomBytes(24).toString('base64url');
    const published: Published = { ...publication, responses: new Set() };
    this.published.set(token, published);
    return {
      url: `http://127.0.0.1:${port}/${token}/${publication.mediaId}`,
      dispose: () => {
        this.published.delete(token);
        published.responses.forEach((response) => response.destroy());
      },
    };
  }

  /** Ends everything that is being sent, and closes the port. */
  async dispose(): Promise<void> {
    this.disposed = true;
    this.published.clear();
    const open = await this.listening?.catch(() => undefined);
    if (open) {
      await new Promise<void>((resolve) => {
        open.server.close(() => resolve());
        open.server.closeAllConnections();
      });
    }
  }

  private async listen(): Promise<{ server: Server; port: number }> {
    const server = createServer({ headersTimeout: 20_000, requestTimeout: 30_000, keepAliveTimeout: 30_000 });
    // Nothing is uploaded here, and a page opens a handful of connections.
    server.maxConnections = 256;
    server.on('request', (request, response) => {
      this.answer(request, response).catch((error: unknown) => {
        this.logger.log('warn', `A media request failed: ${error instanceof Error ? error.message : String(error)}`);
        refuse(response, 500, 'The request failed.');
      });
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, '127.0.0.1', () => {
        server.off('error', reject);
        resolve();
      });
    });
    server.on('error', (error) => this.logger.log('warn', `The media server: ${error.message}`));
    const address = server.address();
    return { server, port: typeof address === 'object' && address ? address.port : 0 };
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.on('error', () => undefined);
    const [path = '', search = ''] = (request.url ?? '').split('?', 2);
    const [, token = '', mediaId, what] = /^\/([\w-]{32})\/([\w-]{1,100})\/(stream|frame|times|waveform|shots)$/.exec(path) ?? [];
    const media = this.published.get(token);
    setCommonHeaders(response);
    if (!media || media.mediaId !== mediaId) {
      refuse(response, 404, 'There is nothing here.');
      return;
    }
    if (request.method === 'OPTIONS') {
      allowPreflight(response);
      return;
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('Allow', 'GET, HEAD, OPTIONS');
      refuse(response, 405, 'Only GET and HEAD are answered.');
      return;
    }
    media.responses.add(response);
    response.once('close', () => media.responses.delete(response));
    const query = new URLSearchParams(search);
    switch (what) {
      case 'stream':
        return sendFile(request, response, media.file);
      case 'frame':
        return sendFrame(request, response, query, (frame, cancelled) => media.frame(frame, cancelled));
      default:
        return sendMade(request, response, (cancelled) => media.data(what as ClipDataKind, query, cancelled));
    }
  }
}

function setCommonHeaders(response: ServerResponse): void {
  response.setHeader('Access-Control-Allow-Origin', '*');
  response.setHeader('Access-Control-Expose-Headers', 'Accept-Ranges, Content-Length, Content-Range, ETag');
  response.setHeader('Cross-Origin-Resource-Policy', 'cross-origin');
  response.setHeader('X-Content-Type-Options', 'nosniff');
  response.setHeader('Content-Security-Policy', "default-src 'none'; sandbox");
  response.setHeader('Referrer-Policy', 'no-referrer');
}

/** A browser asks first for ranges, and where a public page wants something of this machine. */
function allowPreflight(response: ServerResponse): void {
  response.setHeader('Access-Control-Allow-Methods', 'GET, HEAD');
  response.setHeader('Access-Control-Allow-Headers', 'Range, If-Range');
  response.setHeader('Access-Control-Allow-Private-Network', 'true');
  response.setHeader('Access-Control-Max-Age', '600');
  response.writeHead(204);
  response.end();
}
