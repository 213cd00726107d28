import { looksLikeVideo, videoEndings } from '../../server/protocol/index.js';

export { looksLikeVideo, videoEndings };

export const imageEndings = ['png', 'jpg', 'jpeg', 'webp', 'bmp'];

const pattern = new RegExp(`\\.(${[...videoEndings, ...imageEndings].join('|')})$`, 'i');

/** By its name, this is a clip or a picture. */
export function looksReadable(path: string): boolean {
  return pattern.test(path);
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
