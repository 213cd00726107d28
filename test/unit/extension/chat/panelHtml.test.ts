import { describe, expect, it } from 'vitest';
import { MediaUrls } from '../../../../extension/chat/mediaUrls.js';
import { PageLine } from '../../../../extension/chat/pageLine.js';
import { pageStrings } from '../../../../extension/chat/pageStrings.js';
import { panelHtml, type PanelHtmlParts } from '../../../../extension/chat/panelHtml.js';
import type { HostMessage } from '../../../../server/protocol/index.js';

const parts: PanelHtmlParts = {
  title: 'ball.mp4',
  language: 'en',
  cspSource: 'https://*.vscode-cdn.net',
  scriptUri: 'https://file.vscode-cdn.net/dist/webview/chat.js',
  styleUri: 'https://file.vscode-cdn.net/dist/webview/chat.css',
  strings: pageStrings((text) => text),
  mediaOrigins: [],
};

function policyOf(html: string): Record<string, string> {
  const policy = (/Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1] ?? '').replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
  return Object.fromEntries(policy.split('; ').map((rule) => [rule.split(' ')[0] ?? '', rule.split(' ').slice(1).join(' ')]));
}

describe('the page', () => {
  it('may do nothing but run its own script, with a fresh nonce', () => {
    const html = panelHtml(parts);
    const policy = policyOf(html);
    expect(policy['default-src']).toBe(`'none'`);
    const nonce = /'nonce-([^']+)'/.exec(policy['script-src'] ?? '')?.[1] ?? '';
    expect(policy['script-src']).toBe(`'nonce-${nonce}'`);
    expect(nonce.length).toBeGreaterThanOrEqual(20);
    expect([...html.matchAll(/<script[^>]*>/g)].every(([tag]) => tag.includes(`nonce="${nonce}"`))).toBe(true);
    expect(html).not.toMatch(/unsafe-|\son\w+=/);
    expect(policyOf(panelHtml(parts))['script-src']).not.toBe(policy['script-src']);
  });

  it('reaches media on this machine, and where its port was forwarded to', () => {
    const policy = policyOf(panelHtml({ ...parts, mediaOrigins: ['https://code.example:8443', `https://evil.example; script-src *`] }));
    for (const rule of ['img-src', 'media-src', 'connect-src']) {
      expect(policy[rule]).toContain('http://127.0.0.1:*');
      expect(policy[rule]).toContain('https://code.example:8443');
    }
    expect(JSON.stringify(policy)).not.toContain('evil');
  });

  it('is not broken by names and translations', () => {
    const strings = { ...parts.strings, you: '</script><script>alert(1)</script>' };
    const html = panelHtml({ ...parts, title: '<img src=x onerror="x">"', strings });
    expect(html).not.toContain('<img');
    expect(html.match(/<script/g)).toHaveLength(2);
    const json = /id="strings"[^>]*>([^<]*)</.exec(html)?.[1] ?? '';
    expect((JSON.parse(json) as { you: string }).you).toBe(strings.you);
  });
});

describe('addresses of media', () => {
  it('stay as they are where the page is on the same machine', async () => {
    const urls = new MediaUrls(async (base) => base);
    expect(await urls.map('http://127.0.0.1:5000/token/media?x=1')).toBe('http://127.0.0.1:5000/token/media?x=1');
    expect(urls.origins).toEqual([]);
  });

  it('follow a forwarded port, which is asked for once and said once', async () => {
    const asked: string[] = [];
    let found = 0;
    const urls = new MediaUrls(async (base) => {
      asked.push(base);
      return `https://code.example/proxy/${new URL(base).port}/`;
    });
    urls.onDidFindOrigin(() => found++);
    expect(await urls.map('http://127.0.0.1:5000/token/media')).toBe('https://code.example/proxy/5000/token/media');
    await urls.map('http://127.0.0.1:5000/token/other');
    await urls.map('http://127.0.0.1:6000/token/other');
    expect(asked).toEqual(['http://127.0.0.1:5000/', 'http://127.0.0.1:6000/']);
    expect([urls.origins, found]).toEqual([['https://code.example'], 1]);
  });

  it('are asked for again after a failure', async () => {
    let times = 0;
    const urls = new MediaUrls(async (base) => {
      if (times++ === 0) {
        throw new Error('no tunnel');
      }
      return base;
    });
    await expect(urls.map('http://127.0.0.1:5000/a')).rejects.toThrow('no tunnel');
    expect(await urls.map('http://127.0.0.1:5000/a')).toBe('http://127.0.0.1:5000/a');
  });
});

describe('the line to the page', () => {
  const delta = (sequence: number): HostMessage => ({ type: 'delta', turnId: 't', sequence, text: 'x' });
  const focus: HostMessage = { type: 'focus', target: 'input' };

  it('says nothing to a page that does not listen, then the state, then what was kept', () => {
    const sent: HostMessage[] = [];
    const line = new PageLine(async (message) => sent.push(message) > 0);
    line.post(delta(0));
    line.postLater({ ...focus, target: 'lastAnswer' });
    line.postLater(focus);
    expect(sent).toEqual([]);
    line.ready(() => line.post(delta(1)));
    expect(sent).toEqual([delta(1), focus]);
    line.lost();
    line.post(delta(2));
    line.ready(() => undefined);
    expect(sent).toHaveLength(2);
  });

  it('is silent after a message that did not arrive, until the page is back', async () => {
    const sent: HostMessage[] = [];
    let there = false;
    const line = new PageLine(async (message) => {
      sent.push(message);
      return there;
    });
    line.ready(() => undefined);
    line.post(delta(0));
    await Promise.resolve();
    await Promise.resolve();
    line.post(delta(1));
    expect(sent).toEqual([delta(0)]);
    there = true;
    line.ready(() => line.post(delta(2)));
    expect(sent.at(-1)).toEqual(delta(2));
  });
});
