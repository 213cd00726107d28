import { type IncomingHttpHeaders, type IncomingMessage, request as httpRequest } from 'node:http';

export interface RawAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** A request as it is, without the help of `fetch`: any method, any header, any path. */
export function rawHttp(url: string, options: { method?: string; headers?: Record<string, string>; path?: string } = {}): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest(url, { agent: false, ...options }, (answer) => {
      const pieces: Buffer[] = [];
      answer.on('data', (piece: Buffer) => pieces.push(piece));
      answer.on('error', reject);
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(pieces) }));
    });
    sent.on('error', reject);
    sent.end();
  });
}

/** The beginning of an answer, whose rest is not taken. */
export function openHttp(url: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest(url, { agent: false }, resolve);
    sent.on('error', reject);
    sent.end();
  });
}
