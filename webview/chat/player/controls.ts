import { html, type TemplateResult } from 'lit';
import { iconButton } from '../elements/iconButton.js';
import { strings } from '../strings.js';
import { formatTime } from '../text/formatTime.js';
import { speeds } from './mediaController.js';
import type { PlayerCommand } from './playerKeys.js';

export interface PlayerControlsParts {
  video: HTMLVideoElement | null;
  seconds: number;
  duration: number;
  run(command: PlayerCommand): void;
  setSpeed(speed: number): void;
  setVolume(volume: number): void;
}

/** The row of buttons below the seek bar. */
export function playerControls(parts: PlayerControlsParts): TemplateResult {
  const { video, run } = parts;
  const texts = strings();
  const playing = video ? !video.paused && !video.ended : false;
  const muted = video ? video.muted || video.volume === 0 : false;
  const rate = video?.playbackRate ?? 1;
  return html`
    <div class="controls">
      ${iconButton(playing ? 'debug-pause' : 'play', playing ? texts.pause : texts.play, () => run({ type: 'togglePlay' }), {
        className: 'play-button',
      })}
      ${iconButton('chevron-left', texts.previousFrame, () => run({ type: 'step', frames: -1 }))}
      ${iconButton('chevron-right', texts.nextFrame, () => run({ type: 'step', frames: 1 }))}
      <span class="time"><span class="time-now">${formatTime(parts.seconds)}</span><span class="time-total"> / ${formatTime(parts.duration)}</span></span>
      <span class="spring"></span>
      ${iconButton('', texts.markIn, () => run({ type: 'markIn' }), { className: 'bracket mark-in' })}
      ${iconButton('', texts.markOut, () => run({ type: 'markOut' }), { className: 'bracket mark-out' })}
      <select
        class="speed"
        title=${texts.speed}
        aria-label=${texts.speed}
        @change=${(event: Event) => parts.setSpeed(Number((event.target as HTMLSelectElement).value))}
      >
        ${speeds.map((speed) => html`<option value=${speed} ?selected=${speed === rate} .selected=${speed === rate}>${speed}×</option>`)}
      </select>
      ${iconButton(muted ? 'mute' : 'unmute', muted ? texts.unmute : texts.mute, () => run({ type: 'toggleMute' }))}
      <input
        class="volume"
        type="range"
        min="0"
        max="1"
        step="0.05"
        title=${texts.volume}
        aria-label=${texts.volume}
        .value=${String(muted ? 0 : (video?.volume ?? 1))}
        @input=${(event: Event) => parts.setVolume(Number((event.target as HTMLInputElement).value))}
      />
    </div>
  `;
}
