import type { ServerResponse } from 'node:http';

/** Answers with a status and one sentence; closes the connection where an answer had already begun. */
export function refuse(response: ServerResponse, status: number, sentence: string): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.setHeader('Content-Type', 'text/plain; charset=utf-8');
  response.setHeader('Content-Length', Buffer.byteLength(sentence));
  response.setHeader('Cache-Control', 'no-store');
  response.writeHead(status);
  response.end(response.req.method === 'HEAD' ? undefined : sentence);
}
