import { html, nothing, type TemplateResult } from 'lit';
import { findAnswerTimes } from '../../../server/protocol/answerTimes.js';
import type { PanelClip, PanelEvidence, PanelTurn } from '../../../server/protocol/panel.js';
import type { Intent } from '../elements/intent.js';
import { format, strings } from '../strings.js';
import { shortTime } from '../text/formatTime.js';
import { halfNames } from '../text/halfNames.js';

/** Events that are shown; an answer has its own links to more. */
const mostLinks = 8;

/** What an answer was made from, and links to the moments it rests on where it has none of its own. */
export function restsOn({ result, evidence = [], answer }: PanelTurn, clips: readonly PanelClip[], emit: (intent: Intent) => void): TemplateResult | typeof nothing {
  if (!result?.from || (result.from === 'embeddings' && result.fromReason === undefined)) {
    return nothing;
  }
  const texts = strings();
  const hasLinks = findAnswerTimes(answer).length > 0;
  const shown = hasLinks ? [] : evidence.filter(({ startSeconds, endSeconds }) => endSeconds > startSeconds).slice(0, mostLinks);
  return html`
    ${shown.length > 0
      ? html`<p class="rests-on">
          <span class="quiet">${texts.restsOn}</span>
          ${shown.map((event) => eventLink(event, clips.length > 1 ? clips.find(({ clipId }) => clipId === event.clipId)?.name : undefined, emit))}
        </p>`
      : nothing}
    <p class="made-from quiet" title=${result.fromReason ?? ''}>
      ${format(texts.madeFrom, halfNames()[result.from])}${result.fromReason === undefined ? '' : ` ${result.fromReason}`}
    </p>
  `;
}

function eventLink({ label, clipId, startSeconds, endSeconds }: PanelEvidence, name: string | undefined, emit: (intent: Intent) => void): TemplateResult {
  const [start, end] = [shortTime(startSeconds), shortTime(endSeconds)];
  return html`<button
    type="button"
    class="chip event-link"
    title=${format(strings().playSpan, start, end)}
    @click=${() => emit({ type: 'goTo', startSeconds, endSeconds, clipId })}
  >
    <span class="event-label">${name === undefined ? label : `${name}: ${label}`}</span> ${start}–${end}
  </button>`;
}
