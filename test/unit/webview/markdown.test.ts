// @vitest-environment happy-dom
import { describe, expect, it } from 'vitest';
import { renderMarkdown } from '../../../webview/chat/text/markdown.js';
import { splitBlocks } from '../../../webview/chat/text/splitBlocks.js';
import { StreamedMarkdown } from '../../../webview/chat/text/streamedMarkdown.js';

function rendered(text: string, durationSeconds?: number): HTMLElement {
  const element = document.createElement('div');
  element.innerHTML = renderMarkdown(text, { durationSeconds });
  return element;
}

describe("a model's Markdown", () => {
  it.each([
    '<script>alert(1)</script>',
    '<img src=x onerror=alert(1)>',
    '<a href="command:workbench.action.quit">x</a>',
    '[x](javascript:alert(1))',
    '[x](command:workbench.action.quit)',
    '[x](file:///etc/passwd)',
    '[x](data:text/html,<script>alert(1)</script>)',
    '[x](vscode://a/b)',
    '![x](https://example.org/track.png)',
    '![x](data:image/png;base64,AAAA)',
    '<https://example.org/"onmouseover="alert(1)>',
    '[a](https://example.org "\\" onclick=alert(1)")',
    '```"><img src=x onerror=alert(1)>\ncode\n```',
    '<style>*{display:none}</style>',
    '[x]: javascript:alert(1)\n\n[x]',
  ])('runs, loads and opens nothing by itself: %s', (text) => {
    const element = rendered(text, 100);
    expect(element.querySelectorAll('script, img, style, iframe, object, [href], [src]')).toHaveLength(0);
    for (const node of element.querySelectorAll('*')) {
      expect(node.getAttributeNames().filter((name) => name.startsWith('on'))).toEqual([]);
      const url = node.getAttribute('data-url');
      if (url !== null) {
        expect(url).toMatch(/^https?:\/\//);
      }
    }
  });

  it('keeps web links as addresses that the host is asked to open', () => {
    const link = rendered('[the rules](https://example.org/a?b=1&c=2)').querySelector('a');
    expect(link?.getAttribute('data-url')).toBe('https://example.org/a?b=1&c=2');
    expect(link?.getAttribute('role')).toBe('link');
  });

  it('makes times links: moments and stretches, within the clip, not in code or links', () => {
    const element = rendered('At 0:05, then from 3 to 7 seconds, **5.2 s**, `0:06`, [0:07](https://e.org), 10:00.', 14);
    const links = [...element.querySelectorAll<HTMLElement>('.time-link')].map((link) => [link.textContent, link.dataset['start'], link.dataset['end']]);
    expect(links).toEqual([
      ['0:05', '5', undefined],
      ['from 3 to 7 seconds', '3', '7'],
      ['5.2 s', '5.2', undefined],
    ]);
    expect(element.textContent?.trim()).toBe('At 0:05, then from 3 to 7 seconds, 5.2 s, 0:06, 0:07, 10:00.');
    expect(rendered('At 0:05.').querySelector('.time-link')).toBeNull();
    expect(rendered('From 10 to 20 seconds', 14).querySelector<HTMLElement>('.time-link')?.dataset['end']).toBe('14');
  });

  it('gives a time to the clip that its paragraph names last before it', () => {
    const clips = [
      { clipId: 'v1', name: 'a.mp4', durationSeconds: 14 },
      { clipId: 'v2', name: 'aa.mp4', durationSeconds: 60 },
    ];
    const text = 'At 0:01. In **AA.mp4** at 0:30 and\n0:40, but in a.mp4 at 0:02 and 0:50.\n\nAt 0:03.';
    const element = document.createElement('div');
    element.innerHTML = renderMarkdown(text, { durationSeconds: 14, clips });
    const links = [...element.querySelectorAll<HTMLElement>('.time-link')].map((link) => [link.textContent, link.dataset['clip']]);
    // 0:50 is behind the end of a.mp4.
    expect(links).toEqual([['0:01', undefined], ['0:30', 'v2'], ['0:40', 'v2'], ['0:02', 'v1'], ['0:03', undefined]]);
  });
});

const long = [
  '# Title',
  'A paragraph\nof two lines.',
  '- a\n- b\n\n- c\n\n  with a paragraph',
  '1. one\n\n2. two',
  '```python\ndef f():\n\n    return 1\n```',
  '> quote\n\n> more',
  '    indented\n\n    code',
  '~~~\n```\n\nnot closed by the other\n~~~',
  '| a | b |\n|---|---|\n| 1 | 2 |',
  'Last **bold** at 0:05.',
].join('\n\n');

describe('a streamed text', () => {
  it('is cut into blocks that are the text', () => {
    const blocks = splitBlocks(long);
    expect(blocks.map((block) => block.text).join('')).toBe(long);
    expect(blocks.length).toBeGreaterThan(7);
    expect(splitBlocks('')).toEqual([]);
  });

  it('looks the same as if it had come at once, whatever the pieces', () => {
    const whole = new StreamedMarkdown().update(long, 14).join('');
    for (const size of [1, 2, 3, 7, 50]) {
      const streamed = new StreamedMarkdown();
      for (let end = size; end < long.length; end += size) {
        streamed.update(long.slice(0, end), 14);
      }
      expect(streamed.update(long, 14).join('')).toBe(whole);
    }
    expect(whole.replace(/\s+/g, '')).toBe(renderMarkdown(long, { durationSeconds: 14 }).replace(/\s+/g, ''));
  });

  it('does not parse again what is finished', () => {
    let characters = 0;
    const streamed = new StreamedMarkdown((text) => {
      characters += text.length;
      return text;
    });
    const text = 'A paragraph of some length.\n\n'.repeat(500);
    for (let end = 0; end <= text.length; end += 10) {
      streamed.update(text.slice(0, end));
    }
    // Parsing all of it each time would take a thousand times its length.
    expect(characters).toBeLessThan(text.length * 10);
  });

  it('begins again for another text, or when the length of the clip becomes known', () => {
    const streamed = new StreamedMarkdown();
    streamed.update('At 0:05.');
    expect(streamed.update('At 0:05.', 14).join('')).toContain('time-link');
    expect(streamed.update('Other.', 14).join('')).toBe('<p>Other.</p>\n');
  });
});
