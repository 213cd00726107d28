/** Where a key on the seek bar leads, in seconds; nothing if it means nothing there. */
export function seekTarget(key: string, shift: boolean, now: number, duration: number): number | undefined {
  const small = shift ? 5 : 1;
  const to = ((): number | undefined => {
    switch (key) {
      case 'ArrowLeft':
      case 'ArrowDown':
        return now - small;
      case 'ArrowRight':
      case 'ArrowUp':
        return now + small;
      case 'PageDown':
        return now - duration / 10;
      case 'PageUp':
        return now + duration / 10;
      case 'Home':
        return 0;
      case 'End':
        return duration;
      default:
        return undefined;
    }
  })();
  return to === undefined ? undefined : Math.min(duration, Math.max(0, to));
}
