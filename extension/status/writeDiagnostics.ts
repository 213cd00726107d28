import type { ServerStatus } from '../../server/protocol/index.js';

export interface DiagnosticFacts {
  /** Versions and the like, by name. */
  about: Record<string, string>;
  serverState: string;
  status: ServerStatus | undefined;
  /** Settings that differ from their defaults. */
  settings: Record<string, unknown>;
  log: readonly string[];
  /** Folders that say who somebody is, and what stands in for them; the longest match wins. */
  hidden: Record<string, string>;
}

/** A report for an issue: Markdown without the person's folders. */
export function writeDiagnostics({ about, serverState, status, settings, log, hidden }: DiagnosticFacts): string {
  const text = [
    '### VideoChat diagnostics',
    ...Object.entries(about).map(([name, value]) => `- ${name}: ${value}`),
    `- server: ${serverState}`,
    '',
    '#### Settings that differ',
    fenced('json', JSON.stringify(settings, null, 2)),
    '#### Server',
    fenced('json', status ? JSON.stringify(status, null, 2) : 'null'),
    '#### Log, last lines',
    fenced('text', log.join('\n')),
  ].join('\n');
  return hideFolders(text, hidden);
}

/** The fence is longer than any within the text. */
function fenced(language: string, text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}

/** Replaces folders wherever they stand, in either kind of slashes and as JSON writes them. */
export function hideFolders(text: string, hidden: Record<string, string>): string {
  const names = Object.entries(hidden)
    .filter(([folder]) => folder.length > 1)
    .sort(([a], [b]) => b.length - a.length);
  return names.reduce((result, [folder, name]) => result.replace(patternOf(folder), () => name), text);
}

function patternOf(folder: string): RegExp {
  const parts = folder.split(/[\\/]/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  // Windows does not care about case, nor should this.
  return new RegExp(`${parts.join('(?:\\\\\\\\|[\\\\/])')}(?![\\w-])`, 'gi');
}
