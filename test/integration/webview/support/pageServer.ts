import { readFile } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ThemeName, themeCss } from './themes.js';

const root = fileURLToPath(new URL('../../../../', import.meta.url));
const bundles = path.join(root, 'dist', 'webview');

/** Stands in for the editor: keeps what the page says and saves. */
const editor = `
  const posted = [];
  window.posted = posted;
  window.acquireVsCodeApi = () => ({
    postMessage: (message) => posted.push(JSON.parse(JSON.stringify(message))),
    getState: () => JSON.parse(sessionStorage.getItem('state') ?? 'null') ?? undefined,
    setState: (state) => sessionStorage.setItem('state', JSON.stringify(state)),
  });
  window.violations = [];
  document.addEventListener('securitypolicyviolation', (event) => window.violations.push(event.violatedDirective + ' ' + event.blockedURI));
`;

const types: Record<string, string> = { '.js': 'text/javascript', '.css': 'text/css', '.ttf': 'font/ttf', '.map': 'application/json' };

/** Presentation times of the frames of the clip that most tests use: 25 in each of 4 seconds. */
const evenTimes = Array.from({ length: 100 }, (_, frame) => frame / 25);

export interface PageServerOptions {
  times?: readonly number[];
  /** Where media come from, if from elsewhere. */
  mediaOrigin?: string;
}

/** Serves the pages as the editor does, with their content policy, and media as the server does. */
export async function servePage(clipPath: string, { times = evenTimes, mediaOrigin = '' }: PageServerOptions = {}): Promise<{ origin: string; dispose(): void }> {
  const clip = await readFile(clipPath);
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    const file = path.basename(url.pathname);
    if (url.pathname === '/' || url.pathname === '/annotator') {
      const page = url.pathname === '/' ? 'chat' : 'annotate';
      answer(response, 200, 'text/html', pageHtml(page, (url.searchParams.get('theme') ?? 'dark') as ThemeName, url.searchParams.get('strings'), mediaOrigin));
    } else if (url.pathname.startsWith('/media/broken')) {
      answer(response, 200, 'video/mp4', 'no video at all');
    } else if (url.pathname.startsWith('/picture')) {
      answer(response, 200, 'image/svg+xml', framePicture(1));
    } else if (url.pathname.endsWith('/stream')) {
      range(response, clip, request.headers.range);
    } else if (url.pathname.startsWith('/media/bare') && /\/(times|shots|waveform)$/.test(url.pathname)) {
      answer(response, 404, 'text/plain', 'no such thing');
    } else if (url.pathname.endsWith('/times')) {
      answer(response, 200, 'application/octet-stream', Buffer.from(Float64Array.from(times).buffer));
    } else if (url.pathname.endsWith('/shots')) {
      answer(response, 200, 'application/json', JSON.stringify({ seconds: [0, 1.2, 2.6] }));
    } else if (url.pathname.endsWith('/waveform')) {
      answer(response, 200, 'application/octet-stream', sound(url.searchParams));
    } else if (url.pathname.endsWith('/frame')) {
      answer(response, 200, 'image/svg+xml', framePicture(Number(url.searchParams.get('seconds'))));
    } else {
      readFile(path.join(bundles, file)).then(
        (bytes) => answer(response, 200, types[path.extname(file)] ?? 'application/octet-stream', bytes),
        () => answer(response, 404, 'text/plain', 'no such file'),
      );
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    dispose: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

function pageHtml(page: 'chat' | 'annotate', theme: ThemeName, strings: string | null, mediaOrigin: string): string {
  const nonce = 'testnonce0123456789';
  const policy = [
    `default-src 'none'`,
    `script-src 'nonce-${nonce}'`,
    `style-src 'self' 'nonce-${nonce}'`,
    `font-src 'self'`,
    `img-src 'self' ${mediaOrigin}`,
    `media-src 'self' ${mediaOrigin}`,
    `connect-src 'self' ${mediaOrigin}`,
  ].join('; ');
  return `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}">
<style nonce="${nonce}">${themeCss(theme)}</style><link rel="stylesheet" href="/${page}.css"><title>VideoChat</title>
<script nonce="${nonce}">${editor}</script>
<script type="application/json" id="strings" nonce="${nonce}">${(strings ?? '{}').replaceAll('<', '\\u003c')}</script></head>
<body class="vscode-${theme}"><videochat-${page === 'chat' ? 'app' : page}></videochat-${page === 'chat' ? 'app' : page}><script type="module" nonce="${nonce}" src="/${page}.js"></script></body></html>`;
}

function answer(response: ServerResponse, status: number, type: string, body: string | Buffer): void {
  response.writeHead(status, { 'content-type': type }).end(body);
}

function range(response: ServerResponse, bytes: Buffer, header: string | undefined): void {
  const match = /^bytes=(\d+)-(\d*)$/.exec(header ?? '');
  const start = Number(match?.[1] ?? 0);
  const end = match?.[2] ? Number(match[2]) : bytes.length - 1;
  response.writeHead(match ? 206 : 200, {
    'content-type': 'video/mp4',
    'accept-ranges': 'bytes',
    'content-length': end - start + 1,
    ...(match ? { 'content-range': `bytes ${start}-${end}/${bytes.length}` } : {}),
  });
  response.end(bytes.subarray(start, end + 1));
}

/** A tone that swells twice a second. */
function sound(query: URLSearchParams): Buffer {
  const [start = 0, end = 0, buckets = 0] = ['start', 'end', 'buckets'].map((name) => Number(query.get(name)));
  const height = (index: number): number => Math.round(100 * Math.abs(Math.sin((start + ((end - start) * index) / buckets) * Math.PI * 2)));
  return Buffer.from(Int8Array.from({ length: 2 * buckets }, (_, index) => height(index >> 1) * (index % 2 ? 1 : -1)).buffer);
}

function framePicture(seconds: number): string {
  const hue = Math.round(seconds * 40) % 360;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 160 90" width="160" height="90"><rect width="160" height="90" fill="hsl(${hue} 45% 40%)"/><circle cx="${20 + ((seconds * 12) % 120)}" cy="45" r="18" fill="hsl(${(hue + 120) % 360} 70% 65%)"/></svg>`;
}
