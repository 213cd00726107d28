/** The frame that is shown at a time. */
export function frameAt(seconds: number, fps: number): number {
  return Math.floor(Math.max(0, seconds) * fps + 1e-3);
}

/** A time in the middle of the frame `step` frames further: seeking there shows it, whichever way a player rounds. */
export function stepped(seconds: number, step: number, fps: number, duration: number): number {
  const last = Math.max(0, Math.ceil(duration * fps - 1e-3) - 1);
  const frame = Math.min(last, Math.max(0, frameAt(seconds, fps) + step));
  return Math.min((frame + 0.5) / fps, duration);
}
