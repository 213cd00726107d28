import type { DatasetManifest } from '../protocol/index.js';

/** The split of a clip: the first whose names or patterns match. `*` stands for a part of a name, `**` for folders too. */
export function splitFinder({ splits = [] }: DatasetManifest): (clip: string) => string | undefined {
  const finders = splits.map(({ name, clips }) => {
    const names = new Set(clips.filter((each) => !each.includes('*')));
    const patterns = clips.filter((each) => each.includes('*')).map(toPattern);
    return { name, matches: (clip: string) => names.has(clip) || patterns.some((pattern) => pattern.test(clip)) };
  });
  return (clip) => finders.find(({ matches }) => matches(clip))?.name;
}

function toPattern(glob: string): RegExp {
  const source = glob.replace(/\*\*\/|\*\*|\*|[^*]+/g, (part) => {
    switch (part) {
      case '**/':
        return '(?:.*/)?';
      case '**':
        return '.*';
      case '*':
        return '[^/]*';
      default:
        return part.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
    }
  });
  return new RegExp(`^${source}$`, 'su');
}
