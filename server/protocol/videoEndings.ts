/**
 * Endings of clips, as datasets and menus know them. MPEG transport streams are read too, but their `.ts` and `.mts`
 * are those of TypeScript: a menu item on every source file would be a nuisance, so such a clip is chosen by its path.
 */
export const videoEndings = ['mp4', 'm4v', 'mov', 'mkv', 'webm', 'avi', 'mpg', 'mpeg', 'm2ts', 'wmv', 'flv', '3gp', 'ogv', 'gif'];

export const imageEndings = ['png', 'jpg', 'jpeg', 'webp', 'bmp'];

const videos: ReadonlySet<string> = new Set(videoEndings);
const images: ReadonlySet<string> = new Set(imageEndings);

/** By its name, this is a clip. */
export function looksLikeVideo(path: string): boolean {
  return videos.has(endingOf(path));
}

/** By its name, this is a picture. */
export function looksLikePicture(path: string): boolean {
  return images.has(endingOf(path));
}

function endingOf(path: string): string {
  const dot = path.lastIndexOf('.');
  return dot < 0 ? '' : path.slice(dot + 1).toLowerCase();
}
