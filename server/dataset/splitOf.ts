import type { DatasetManifest } from '../protocol/index.js';

/** The split of a clip: the first whose names or patterns match. `*` stands for a part of a name, `**` for folders too. */
export function splitFinder({ splits = [] }: DatasetManifest): (clip: string) => string | undefined {
  const finders = splits.map(({ name, clips }) => {
    const names = new Set(clips.filter((each) => !each.includes('*')));
    const patterns = clips.filter((each) => each.includes('*')).map(toPattern);
    return { name, matches: (clip: string) => names.has(clip) || patterns.some((pattern) => pattern(clip)) };
  });
  return (clip) => finders.find(({ matches }) => matches(clip))?.name;
}

/** Whether a path matches. Takes no longer than stars × length, whatever the pattern: manifests come from anywhere. */
function toPattern(glob: string): (path: string) => boolean {
  const parts = glob.replace(/\*{3,}/g, '**').match(/\*\*\/|\*\*|\*|[^*]+/g) ?? [];
  const [first = ''] = parts;
  const last = parts.at(-1) ?? '';
  const isLiteral = (part: string): boolean => !part.startsWith('*');
  return (path) => {
    if ((isLiteral(first) && !path.startsWith(first)) || (isLiteral(last) && !path.endsWith(last))) {
      return false;
    }
    let reached = new Uint8Array(path.length + 1);
    reached[0] = 1;
    for (const part of parts) {
      reached = step(part, path, reached);
    }
    return reached[path.length] === 1;
  };
}

/** Ends of what a part of a pattern may take, from each of the places reached before it. */
function step(part: string, path: string, from: Uint8Array): Uint8Array<ArrayBuffer> {
  const to = new Uint8Array(path.length + 1);
  let isOpen = false;
  for (let at = 0; at <= path.length; at++) {
    switch (part) {
      case '*':
        isOpen ||= from[at] === 1;
        to[at] = isOpen ? 1 : 0;
        isOpen &&= path[at] !== '/';
        break;
      case '**':
        isOpen ||= from[at] === 1;
        to[at] = isOpen ? 1 : 0;
        break;
      case '**/':
        to[at] = from[at] === 1 || (isOpen && path[at - 1] === '/') ? 1 : 0;
        isOpen ||= from[at] === 1;
        break;
      default:
        if (from[at] === 1 && path.startsWith(part, at)) {
          to[at + part.length] = 1;
        }
    }
  }
  return to;
}
