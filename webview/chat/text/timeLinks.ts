import type { MarkdownIt, StateCore, Token } from 'markdown-it';
import { findAnswerTimes } from '../../../server/protocol/answerTimes.js';
import { format, strings } from '../strings.js';
import { shortTime } from './formatTime.js';

/** What rendering needs to know of the clip. */
export interface MarkdownEnvironment {
  /** Length of the clip; times behind its end are no links, and without it none is. */
  durationSeconds?: number;
}

/** Makes times in plain text links that seek the player; code and links are left alone. */
export function timeLinks(md: MarkdownIt): void {
  md.core.ruler.push('time_links', (state) => {
    const duration = (state.env as MarkdownEnvironment).durationSeconds;
    if (duration === undefined || !(duration > 0)) {
      return;
    }
    for (const token of state.tokens) {
      if (token.type === 'inline' && token.children) {
        token.children = linked(state, token.children, duration);
      }
    }
  });
  md.renderer.rules.time_open = (tokens, index) => {
    const [start, end] = (tokens[index]?.meta ?? []) as [number, number | undefined];
    const title =
      end === undefined ? format(strings().goToTime, shortTime(start)) : format(strings().playSpan, shortTime(start), shortTime(end));
    const until = end === undefined ? '' : ` data-end="${end}"`;
    return `<a class="time-link" role="link" tabindex="0" title="${md.utils.escapeHtml(title)}" data-start="${start}"${until}>`;
  };
  md.renderer.rules.time_close = () => '</a>';
}

function linked(state: StateCore, children: Token[], duration: number): Token[] {
  const out: Token[] = [];
  let inLink = 0;
  for (const child of children) {
    inLink += child.type === 'link_open' ? 1 : child.type === 'link_close' ? -1 : 0;
    const times = child.type === 'text' && inLink === 0 ? findAnswerTimes(child.content) : [];
    let position = 0;
    const text = (content: string): void => {
      if (content !== '') {
        out.push(Object.assign(new state.Token('text', '', 0), { content, level: child.level }));
      }
    };
    for (const { start, end, startSeconds, endSeconds } of times) {
      // Half a second of grace: models round up.
      if (startSeconds > duration + 0.5) {
        continue;
      }
      text(child.content.slice(position, start));
      const until = endSeconds === undefined ? undefined : Math.min(endSeconds, duration);
      out.push(Object.assign(new state.Token('time_open', 'a', 1), { meta: [startSeconds, until] }));
      text(child.content.slice(start, end));
      out.push(new state.Token('time_close', 'a', -1));
      position = end;
    }
    if (position === 0) {
      out.push(child);
    } else {
      text(child.content.slice(position));
    }
  }
  return out;
}
