/**
 * Endings of the files the server reads. MPEG transport streams are read too, but their `.ts` and `.mts` are those of
 * TypeScript: a menu item on every source file would be a nuisance, so such a clip is chosen by its path.
 */
export const videoEndings = ['mp4', 'm4v', 'mov', 'mkv', 'webm', 'avi', 'mpg', 'mpeg', 'm2ts', 'wmv', 'flv', '3gp', 'ogv', 'gif'];

export const imageEndings = ['png', 'jpg', 'jpeg', 'webp', 'bmp'];

const pattern = new RegExp(`\\.(${[...videoEndings, ...imageEndings].join('|')})$`, 'i');
const videoPattern = new RegExp(`\\.(${videoEndings.join('|')})$`, 'i');

/** By its name, this is a clip or a picture. */
export function looksReadable(path: string): boolean {
  return pattern.test(path);
}

/** By its name, this is a clip. */
export function looksLikeVideo(path: string): boolean {
  return videoPattern.test(path);
}

/** By its name, this is a picture. */
export function looksLikePicture(path: string): boolean {
  return looksReadable(path) && !looksLikeVideo(path);
}

/** For `findFiles`, whose patterns know no ignoring of case. */
export function globOf(endings: readonly string[]): string {
  const anyCase = (ending: string): string =>
    [...ending].map((letter) => (/[a-z]/.test(letter) ? `[${letter}${letter.toUpperCase()}]` : letter)).join('');
  return `**/*.{${endings.map(anyCase).join(',')}}`;
}
