/** A time, or a stretch of time, that a text speaks of. */
export interface AnswerTime {
  /** Where it stands: `text.slice(start, end)`. */
  start: number;
  end: number;
  /** Seconds from the first frame. */
  startSeconds: number;
  /** Left out for an instant. */
  endSeconds?: number;
}

const number = String.raw`\d{1,6}(?:\.\d{1,6})?`;
const clock = String.raw`(?:\d{1,2}:)?\d{1,3}:\d{2}(?:\.\d{1,6})?(?![\d:]|\.\d)`;
const seconds = String.raw`(?:(?:seconds?|secs?|s)(?![A-Za-z\d])|秒)`;
const minutes = String.raw`(?:(?:minutes?|mins?)(?![A-Za-z\d])|分钟?)`;
const spoken = String.raw`${number}\s?${minutes}(?:\s?(?:and\s)?${number}\s?${seconds})?|${number}\s?${seconds}`;
const whole = `${clock}|${spoken}`;
const join = String.raw`\s?[-–—~]\s?|\s(?:to|until|till|through)\s|\s?[到至]\s?`;

/** Not in the middle of a number, a word, a date, a ratio of three or a version. */
const before = String.raw`(?<![A-Za-z\d:./−-]|\d,)`;
const pattern = new RegExp(
  [
    String.raw`${before}(?:\bbetween\s(?<a1>${whole}|${number})\sand\s(?<b1>${whole}))`,
    String.raw`${before}(?:(?:\bfrom\s|从\s?)?(?<a2>${whole}|${number})(?:${join})(?<b2>${whole}))`,
    String.raw`${before}(?<at>${whole})`,
  ].join('|'),
  'giu',
);

/** How long, not when: `for 5 seconds`, `every 2 s`, `lasts about 3 seconds`. */
const lengthBefore =
  /\b(?:for|lasts?|lasting|takes?|taking|every|each|another|within)\s(?:(?:about|around|roughly|nearly|almost|only|at least|up to|the (?:first|last|next))\s)?$/i;
const lengthAfter = /^\s(?:long|each|apart)\b/i;

/**
 * Finds the times in an answer: `0:05`, `1:02:03`, `5.2 s`, `5 seconds`, `1 minute 5 seconds`, `from 3 to 7 seconds`,
 * `3.0–7.0 s`, `between 2 and 4 seconds`, in the order of the text. Lengths (`for 5 seconds`), ratios and stretches
 * that end before they begin are not times.
 */
export function findAnswerTimes(text: string): AnswerTime[] {
  return [...text.matchAll(pattern)].flatMap((match) => {
    const { a1, b1, a2, b2, at } = match.groups ?? {};
    const place = { start: match.index, end: match.index + match[0].length };
    if (at !== undefined) {
      const isLength = lengthBefore.test(text.slice(Math.max(0, place.start - 40), place.start)) || lengthAfter.test(text.slice(place.end, place.end + 10));
      const startSeconds = isLength && !at.includes(':') ? undefined : secondsOf(at);
      return startSeconds === undefined ? [] : [{ ...place, startSeconds }];
    }
    const [first, last] = [a1 ?? a2 ?? '', b1 ?? b2 ?? ''];
    const endSeconds = secondsOf(last);
    // `1:05 to 20 seconds` and `1 to 2 minutes` take their unit from where it is written.
    const startSeconds = /^[\d.]+$/.test(first) ? bareSeconds(first, last) : secondsOf(first);
    if (startSeconds === undefined || endSeconds === undefined || endSeconds < startSeconds) return [];
    return [endSeconds === startSeconds ? { ...place, startSeconds } : { ...place, startSeconds, endSeconds }];
  });
}

/** A number without a unit before something with one; `3 to 0:07` means nothing. */
function bareSeconds(text: string, unitFrom: string): number | undefined {
  if (unitFrom.includes(':')) return undefined;
  return Number(text) * (new RegExp(minutes, 'iu').test(unitFrom) ? 60 : 1);
}

/** @returns undefined for clocks that show no time, e.g. `1:75` */
function secondsOf(text: string): number | undefined {
  if (text.includes(':')) {
    const parts = text.split(':').map(Number);
    const [rest = 0, middle = 0, hours = 0] = parts.reverse();
    if (rest >= 60 || (parts.length === 3 && middle >= 60)) return undefined;
    return rounded(hours * 3600 + middle * 60 + rest);
  }
  const numbers = (text.match(new RegExp(number, 'g')) ?? []).map(Number);
  const [first = 0, second = 0] = numbers;
  return rounded(new RegExp(minutes, 'iu').test(text) ? first * 60 + second : first);
}

function rounded(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}
