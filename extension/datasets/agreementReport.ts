import type { AgreementPair, DatasetAgreementRequest, ResultOf } from '../../server/protocol/index.js';
import type { Translate } from '../translate.js';

type Agreement = ResultOf<typeof DatasetAgreementRequest>;

/** How far annotators agree, as Markdown. */
export function agreementReport({ annotators, pairs }: Agreement, minIou: number, t: Translate): string {
  const overview = table(
    [t('Annotators'), t('Clips'), t('Segments'), t('Matched'), 'F1', t('Mean overlap'), t('Kappa')],
    pairs.map((pair) => [`${pair.a} – ${pair.b}`, pair.clips, `${pair.segmentsA} / ${pair.segmentsB}`, pair.matched, number(pair.f1), number(pair.meanIou), pair.kappa === null ? '–' : number(pair.kappa)]),
  );
  const explanation = t(
    'Segments of two annotators are matched one to one so that as many as possible overlap by at least {0} (intersection over union), and those as well as possible. F1 and the mean overlap are over matches; Cohen\'s kappa is over their labels. Suggestions and rejected segments do not count.',
    minIou,
  );
  const sections = pairs.filter(({ matched }) => matched > 0).map((pair) => confusionTable(pair, t));
  const body = annotators.length < 2 ? t('There are not two annotators to compare.') : overview;
  return [`# ${t('Agreement of Annotators')}`, body, explanation, ...sections].join('\n\n').concat('\n');
}

/** Labels of one against those of the other. */
function confusionTable({ a, b, confusion }: AgreementPair, t: Translate): string {
  const rows = Object.keys(confusion).sort();
  const columns = [...new Set(rows.flatMap((label) => Object.keys(confusion[label] ?? {})))].sort();
  const name = (label: string): string => (label === '' ? t('(no label)') : label);
  const cells = rows.map((row) => [name(row), ...columns.map((column) => confusion[row]?.[column] ?? '')]);
  return `## ${inline(a)} – ${inline(b)}\n\n${table([`${a} ↓ ${b} →`, ...columns.map(name)], cells)}`;
}

function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const line = (cells: readonly (string | number)[]): string => `| ${cells.map((cell) => inline(String(cell))).join(' | ')} |`;
  return [line(head), `|${head.map((_, i) => (i === 0 ? ' --- ' : ' ---: ')).join('|')}|`, ...rows.map(line)].join('\n');
}

/** Names come from files: they are text, not Markdown. */
function inline(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[\\`*_{}[\]<>#|&!]/g, '\\$&');
}

function number(value: number): string {
  return value.toFixed(3);
}
