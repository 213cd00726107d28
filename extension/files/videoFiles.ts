import { imageEndings, looksLikePicture, looksLikeVideo, videoEndings } from '../../server/protocol/index.js';

export { imageEndings, looksLikePicture, looksLikeVideo, videoEndings };

/** By its name, this is a clip or a picture. */
export function looksReadable(path: string): boolean {
  return looksLikeVideo(path) || looksLikePicture(path);
}

/** For `findFiles`, whose patterns know no ignoring of case. */
export function globOf(endings: readonly string[]): string {
  const anyCase = (ending: string): string =>
    [...ending].map((letter) => (/[a-z]/.test(letter) ? `[${letter}${letter.toUpperCase()}]` : letter)).join('');
  return `**/*.{${endings.map(anyCase).join(',')}}`;
}
