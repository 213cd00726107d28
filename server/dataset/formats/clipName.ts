import type { ClipNameKind } from './format.js';

/** Endings that are taken for a clip's, lower case. */
export const clipEndings = [
  '.mp4', '.mkv', '.webm', '.avi', '.mov', '.m4v', '.mpg', '.mpeg', '.ts', '.flv', '.wmv', '.3gp', '.ogv', '.gif',
  '.jpg', '.jpeg', '.png', '.webp', '.bmp',
] as const;
const pictures: readonly string[] = ['.jpg', '.jpeg', '.png', '.webp', '.bmp'];

/** How a file names a clip: the way back from {@link ReadContext.clipOf}. */
export function clipName(clip: string, kind: ClipNameKind): string {
  const ending = endingOf(clip);
  return kind === 'path' ? clip : clip.slice(0, clip.length - ending.length);
}

/** The ending of a clip's name, as it is written; empty if it has none that is known. */
export function endingOf(clip: string): string {
  const found = /\.[A-Za-z0-9]{2,4}$/.exec(clip)?.[0] ?? '';
  return (clipEndings as readonly string[]).includes(found.toLowerCase()) ? found : '';
}

export function isPicture(clip: string): boolean {
  return pictures.includes(endingOf(clip).toLowerCase());
}
