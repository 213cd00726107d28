import { html, type TemplateResult } from 'lit';
import type { PanelClip } from '../../../server/protocol/panel.js';
import type { Segment } from '../../../server/protocol/video.js';
import { iconButton } from '../elements/iconButton.js';
import type { Intent } from '../elements/intent.js';
import { format, strings } from '../strings.js';
import { shortTime } from '../text/formatTime.js';

/** The clips and pictures of the conversation: choose one to see it, or take it out. */
export function clipChips(clips: readonly PanelClip[], shown: string | undefined, emit: (intent: Intent) => void): TemplateResult {
  const texts = strings();
  return html`<span class="clip-chips" role="group" aria-label=${texts.clips}>
    ${clips.map((clip) => {
      const icon = clip.problem ? 'warning' : clip.facts?.kind === 'image' ? 'file-media' : 'device-camera-video';
      return html`<span class="chip ${clip.problem ? 'broken' : ''}">
        <button
          type="button"
          class="chip-name"
          title=${clip.problem?.message ?? format(texts.showClip, clip.name)}
          aria-label=${format(texts.showClip, clip.name)}
          aria-pressed=${clip.clipId === shown ? 'true' : 'false'}
          @click=${() => emit({ type: 'showClip', clipId: clip.clipId })}
        >
          <i class="codicon codicon-${icon}" aria-hidden="true"></i><span>${clip.name}</span>
        </button>
        ${iconButton('tag', format(texts.annotateClip, clip.name), () => emit({ type: 'annotate', clipId: clip.clipId }), { disabled: clip.problem !== undefined })}
        ${iconButton('close', format(texts.removeClip, clip.name), () => emit({ type: 'removeClip', clipId: clip.clipId }))}
      </span>`;
    })}
  </span>`;
}

/** The part of the clip that the next question concerns. */
export function spanChip(span: Segment, clipId: string | undefined, emit: (intent: Intent) => void): TemplateResult {
  const texts = strings();
  const [start, end] = [shortTime(span.startSeconds), shortTime(span.endSeconds)];
  return html`<span class="chip span-chip">
    <button
      type="button"
      class="chip-name"
      title=${format(texts.playSpan, start, end)}
      @click=${() => emit({ type: 'goTo', startSeconds: span.startSeconds, endSeconds: span.endSeconds, ...(clipId === undefined ? {} : { clipId }) })}
    >
      <i class="codicon codicon-play" aria-hidden="true"></i><span>${start}–${end}</span>
    </button>
    ${iconButton('close', texts.clearSpan, () => emit({ type: 'span', span: undefined }))}
  </span>`;
}
