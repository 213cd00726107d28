import { html, type TemplateResult } from 'lit';
import type { AnnotateCommand } from '../../../server/protocol/annotatePanel.js';
import { iconButton } from '../../chat/elements/iconButton.js';
import { keepFocus } from '../player/transport.js';
import type { AnnotateSession } from '../session/annotateSession.js';
import { runCommand } from '../session/commands.js';
import { withKey } from '../session/keyHints.js';
import { texts } from '../texts.js';
import './suggestMenu.js';

export interface Zoom {
  share: number;
  set(share: number): void;
}

/** What can be done to segments, and the zoom of the timeline. */
export function toolbar(session: AnnotateSession, zoom: Zoom): TemplateResult {
  const names = texts();
  const nothingSelected = session.segments.length === 0;
  const button = (icon: string, label: string, command: AnnotateCommand, options: Parameters<typeof iconButton>[3] = {}): TemplateResult =>
    iconButton(icon, withKey(session, label, command), () => runCommand(session, command), options);
  const ask = (icon: string, label: string, action: 'undo' | 'redo'): TemplateResult => iconButton(icon, label, () => session.request({ type: 'action', action }));
  const remove = button('trash', names.deleteSegment, 'deleteItem', { disabled: session.selection.ids.length === 0 });
  const history = html`${ask('discard', names.undo, 'undo')} ${ask('redo', names.redo, 'redo')}`;
  if (session.isPicture) {
    return html`<div class="toolbar" role="toolbar" aria-label=${names.pictureTools} @mousedown=${keepFocus}>
      ${session.canEdit ? html`${history} ${remove}<span class="divider"></span>` : ''}
      <videochat-suggest-menu .session=${session}></videochat-suggest-menu>
      <span class="spring"></span>
      ${iconButton('comment-discussion', names.openInChat, () => session.request({ type: 'action', action: 'openInChat' }))}
    </div>`;
  }
  return html`<div class="toolbar" role="toolbar" aria-label=${names.tools} @mousedown=${keepFocus}>
    ${session.canEdit
      ? html`
          ${button('', names.markSegmentStart, 'markIn', { className: 'bracket mark-in' })} ${button('', names.markSegmentEnd, 'markOut', { className: 'bracket mark-out' })}
          <span class="divider"></span>
          ${button('add', names.addSegment, 'addSegment')} ${button('split-horizontal', names.splitSegment, 'splitSegment', { disabled: nothingSelected })}
          ${button('merge', names.mergeSegments, 'mergeSegments', { disabled: nothingSelected })}
          ${button('copy', names.duplicateSegment, 'duplicateSegment', { disabled: nothingSelected })}
          ${remove}
          <span class="divider"></span>
          ${history}
          ${button('magnet', names.snapping, 'toggleSnapping', { pressed: session.snapping })}
          <span class="divider"></span>
        `
      : ''}
    <videochat-suggest-menu .session=${session}></videochat-suggest-menu>
    <span class="spring"></span>
    ${button('zoom-out', names.zoomOut, 'zoomOut')}
    <input class="zoom" type="range" min="0" max="1" step="0.01" title=${names.zoom} aria-label=${names.zoom} .value=${String(zoom.share)}
      @input=${(event: Event) => zoom.set(Number((event.target as HTMLInputElement).value))} />
    ${button('zoom-in', names.zoomIn, 'zoomIn')} ${button('screen-full', names.zoomToFit, 'zoomToFit')}
  </div>`;
}
