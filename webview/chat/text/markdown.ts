import MarkdownItFactory from 'markdown-it';
import { strings } from '../strings.js';
import { type MarkdownEnvironment, timeLinks } from './timeLinks.js';

const md = MarkdownItFactory({ html: false, linkify: false, breaks: true, typographer: false });
const escape = md.utils.escapeHtml;

// Only what a browser would open as a page; the host asks before it does. No file:, no command:, no data:.
md.validateLink = (url) => /^https?:\/\//i.test(url.trim());

// Without `href` neither a click nor the middle button nor the editor's own handler follows it.
md.renderer.rules.link_open = (tokens, index) => {
  const url = tokens[index]?.attrGet('href') ?? '';
  return `<a class="web-link" role="link" tabindex="0" title="${escape(url)}" data-url="${escape(url)}">`;
};

// Nothing is fetched because a model said so.
md.renderer.rules.image = (tokens, index) => {
  const token = tokens[index];
  return `<span class="left-out" title="${escape(token?.attrGet('src') ?? '')}">${escape(token?.content || '…')}</span>`;
};

function code(content: string, language: string): string {
  const label = escape(strings().copyCode);
  return (
    `<div class="code-block"><div class="code-bar"><span>${escape(language)}</span>` +
    `<button type="button" class="icon-button" data-copy-code title="${label}" aria-label="${label}">` +
    `<i class="codicon codicon-copy" aria-hidden="true"></i></button></div>` +
    `<pre tabindex="0"><code>${escape(content)}</code></pre></div>`
  );
}
md.renderer.rules.fence = (tokens, index) => code(tokens[index]?.content ?? '', (tokens[index]?.info ?? '').trim().split(/\s/)[0] ?? '');
md.renderer.rules.code_block = (tokens, index) => code(tokens[index]?.content ?? '', '');
md.renderer.rules.table_open = () => '<div class="table-scroll" tabindex="0"><table>';
md.renderer.rules.table_close = () => '</table></div>';

md.use(timeLinks);

/** Markdown of a model as safe HTML: no raw HTML, no images, links that do nothing by themselves, times as links. */
export function renderMarkdown(text: string, environment: MarkdownEnvironment = {}): string {
  return md.render(text, { ...environment });
}
