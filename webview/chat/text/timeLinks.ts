import type { MarkdownIt, StateCore, Token } from 'markdown-it';
import { findAnswerTimes } from '../../../server/protocol/answerTimes.js';
import { format, strings } from '../strings.js';
import { shortTime } from './formatTime.js';

/** A clip that an answer may speak of by its name. */
export interface NamedClip {
  clipId: string;
  name: string;
  durationSeconds: number;
}

/** What rendering needs to know of the clip. */
export interface MarkdownEnvironment {
  /** Length of the clip; times behind its end are no links, and without it none is. */
  durationSeconds?: number;
  /** Where there are several: a time is of the clip that is named last before it in its paragraph. */
  clips?: readonly NamedClip[];
}

/** Makes times in plain text links that seek the player; code and links are left alone. */
export function timeLinks(md: MarkdownIt): void {
  md.core.ruler.push('time_links', (state) => {
    const { durationSeconds: duration, clips = [] } = state.env as MarkdownEnvironment;
    if (duration === undefined || !(duration > 0 || clips.length > 0)) {
      return;
    }
    for (const token of state.tokens) {
      if (token.type === 'inline' && token.children) {
        token.children = linked(state, token.children, duration, clips);
      }
    }
  });
  md.renderer.rules.time_open = (tokens, index) => {
    const [start, end, clipId] = (tokens[index]?.meta ?? []) as [number, number | undefined, string | undefined];
    const clip = clipId === undefined ? '' : ` data-clip="${md.utils.escapeHtml(clipId)}"`;
    const title =
      end === undefined ? format(strings().goToTime, shortTime(start)) : format(strings().playSpan, shortTime(start), shortTime(end));
    const until = end === undefined ? '' : ` data-end="${end}"`;
    return `<a class="time-link" role="link" tabindex="0" title="${md.utils.escapeHtml(title)}" data-start="${start}"${until}${clip}>`;
  };
  md.renderer.rules.time_close = () => '</a>';
}

/** Of the clips that a text names, the one it names last. */
function lastNamed(text: string, clips: readonly NamedClip[]): NamedClip | undefined {
  const lower = text.toLowerCase();
  const places = clips.map((clip) => ({ clip, at: lower.lastIndexOf(clip.name.toLowerCase()) })).filter(({ at }) => at >= 0);
  // Of two names that end at one place the longer one is meant: `a.mp4` is part of `aa.mp4`.
  const end = ({ clip, at }: { clip: NamedClip; at: number }): number => at + clip.name.length;
  return places.toSorted((a, b) => end(b) - end(a) || a.at - b.at)[0]?.clip;
}

function linked(state: StateCore, children: Token[], wholeSeconds: number, clips: readonly NamedClip[]): Token[] {
  const out: Token[] = [];
  let said = '';
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
      const named = lastNamed(said + child.content.slice(0, start), clips);
      const duration = named?.durationSeconds ?? wholeSeconds;
      // Half a second of grace: models round up.
      if (startSeconds > duration + 0.5) {
        continue;
      }
      text(child.content.slice(position, start));
      const until = endSeconds === undefined ? undefined : Math.min(endSeconds, duration);
      out.push(Object.assign(new state.Token('time_open', 'a', 1), { meta: [startSeconds, until, named?.clipId] }));
      text(child.content.slice(start, end));
      out.push(new state.Token('time_close', 'a', -1));
      position = end;
    }
    said += child.type === 'softbreak' ? ' ' : child.content;
    if (position === 0) {
      out.push(child);
    } else {
      text(child.content.slice(position));
    }
  }
  return out;
}
