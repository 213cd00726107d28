/** `h:mm:ss.ffffff`, without needless zeros. */
export function exactTime(seconds: number): string {
  const micros = Math.round(Math.max(0, seconds) * 1e6);
  const whole = Math.floor(micros / 1e6);
  const fraction = String(micros % 1e6).padStart(6, '0').replace(/0{1,4}$/, '');
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${Math.floor(whole / 3600)}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}.${fraction}`;
}

/** Seconds of `1:02:03.5`, `2:03.5` or `123.5`; nothing where it is no time. */
export function parseTime(text: string): number | undefined {
  const match = /^(?:(?:(\d+):)?(\d+):)?(\d+(?:[.,]\d*)?|[.,]\d+)\s*s?$/.exec(text.trim());
  if (!match) {
    return undefined;
  }
  const [, hours = '0', minutes = '0', seconds = ''] = match;
  const total = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds.replace(',', '.'));
  return Number.isFinite(total) ? Math.round(total * 1e6) / 1e6 : undefined;
}
