/**
 * Endings of clips, as datasets and menus know them. MPEG transport streams are read too, but their `.ts` and `.mts`
 * are those of TypeScript: a menu item on every source file would be a nuisance, so such a clip is chosen by its path.
 */
export const videoEndings = ['mp4', 'm4v', 'mov', 'mkv', 'webm', 'avi', 'mpg', 'mpeg', 'm2ts', 'wmv', 'flv', '3gp', 'ogv', 'gif'];

const endings: ReadonlySet<string> = new Set(videoEndings);

/** By its name, this is a clip. */
export function looksLikeVideo(path: string): boolean {
  const dot = path.lastIndexOf('.');
  return dot >= 0 && endings.has(path.slice(dot + 1).toLowerCase());
}
