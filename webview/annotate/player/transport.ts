import { html, type TemplateResult } from 'lit';
import { iconButton } from '../../chat/elements/iconButton.js';
import { format, strings } from '../../chat/strings.js';
import { formatTime } from '../../chat/text/formatTime.js';
import type { AnnotateSession } from '../session/annotateSession.js';
import { runCommand } from '../session/commands.js';
import { withKey } from '../session/keyHints.js';
import { texts } from '../texts.js';
import { speeds } from './frameController.js';

/** The row of buttons below the picture. */
export function transport(session: AnnotateSession, video: HTMLVideoElement | null): TemplateResult {
  const { controller, clock } = session;
  const names = { ...strings(), ...texts() };
  const muted = video ? video.muted || video.volume === 0 : false;
  const button = (icon: string, label: string, command: Parameters<typeof runCommand>[1], pressed?: boolean): TemplateResult =>
    iconButton(icon, withKey(session, label, command), () => runCommand(session, command), { pressed });
  const setVolume = (volume: number): void => {
    session.volume = volume;
    if (video) {
      video.muted = volume === 0;
      video.volume = volume;
    }
  };
  return html`<div class="transport" @mousedown=${keepFocus}>
    ${button('chevron-left', stripKey(names.previousFrame), 'previousFrame')}
    ${button(controller.playing ? 'debug-pause' : 'play', controller.playing ? names.pause : names.play, 'playPause')}
    ${button('chevron-right', stripKey(names.nextFrame), 'nextFrame')}
    <span class="time">
      <span class="time-now">${formatTime(controller.seconds, 2)}</span>
      <span class="time-frame">${format(clock.isExact ? names.frameNumber : names.aboutFrame, controller.frame)}</span>
      <span class="time-total quiet">/ ${formatTime(clock.durationSeconds, 2)}</span>
    </span>
    <span class="spring"></span>
    ${controller.shuttle !== 0 ? html`<span class="shuttle">${controller.shuttle > 0 ? '▶▶' : '◀◀'} ${Math.abs(controller.shuttle)}×</span>` : ''}
    ${button('play-circle', names.playSegment, 'playSegment')} ${button('sync', names.loopSegment, 'loopSegment', controller.loop)}
    <select class="speed" title=${names.speed} aria-label=${names.speed} @change=${(event: Event) => controller.setSpeed(Number((event.target as HTMLSelectElement).value))}>
      ${speeds.map((speed) => html`<option value=${speed} .selected=${Math.abs(speed - controller.speed) < 1e-6}>${speed}×</option>`)}
    </select>
    ${iconButton('comment-discussion', names.openInChat, () => session.request({ type: 'action', action: 'openInChat' }), { className: 'open-in-chat' })}
    ${iconButton(muted ? 'mute' : 'unmute', muted ? names.unmute : names.mute, () => setVolume(muted ? 1 : 0))}
  </div>`;
}

/** A click on a button leaves the focus, and with it the keys, where they were. */
export function keepFocus(event: MouseEvent): void {
  if ((event.target as HTMLElement).closest('.icon-button')) {
    event.preventDefault();
  }
}

/** The chat's names of buttons end with its own keys; here keys are the editor's. */
function stripKey(text: string): string {
  return text.replace(/\s*[(（].[)）]$/u, '');
}
