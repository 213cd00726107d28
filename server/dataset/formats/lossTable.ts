import type { Format } from './format.js';

export const lossTableHead = [
  '| Format | Unedited import comes out as | Segments | Questions | Conversations | Clip | Note |',
  '|---|---|---|---|---|---|---|',
] as const;

/** A row of the loss table in the README: what of a document the format has a place for. */
export function lossTableRow({ name, keeps }: Format): string {
  const of = (field: string): string => (field === 'provenance' && keeps.provenance ? `provenance (${keeps.provenance.join(', ')})` : field);
  const fields = (needed: string, found: readonly string[] | undefined): string => (found ? [needed, ...found.map(of)].join(', ') : '–');
  const clip = [...(keeps.description ? ['description'] : []), ...(keeps.tags ? ['tags'] : [])].join(', ');
  const cells = [
    `\`${name}\``,
    keeps.unedited,
    fields('times', keeps.segments),
    fields('question', keeps.questions),
    fields('turns', keeps.conversations),
    clip === '' ? '–' : clip,
    keeps.note ?? '',
  ];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}
