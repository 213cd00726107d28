import { formatBytes } from '../../server/common/formatBytes.js';
import type { CatalogueClaim, CatalogueEntry, CatalogueVariant, OwnModel } from '../../server/protocol/index.js';
import type { Translate } from '../translate.js';
import { fitText, sizeText } from './rowText.js';

/** All that the catalogue knows of a model, as Markdown: for a tooltip, and to be copied. Nothing in it is taken for Markdown. */
export function entryMarkdown(entry: CatalogueEntry, failure: string | undefined, t: Translate): string {
  const { name, id, description, howToRun, page, goodAt, variants, suggested, installed, problem } = entry;
  const parts = [
    `**${plain(name)}** \`${id}\``,
    ...[failure, problem].filter((text) => text !== undefined).map((text) => `⚠ ${plain(text)}`),
    plain(description),
    ...(goodAt.length === 0 ? [] : [`${plain(t('Good at:'))}\n\n${goodAt.map(claimLine).join('\n')}`]),
    licenceLine(entry, t),
    ...(variants.some(({ files }) => files.length > 0) ? [variants.map((variant) => variantLine(variant, variant.id === (installed?.variant ?? suggested), t)).join('\n')] : []),
    ...(howToRun === undefined ? [] : [`${plain(t('To run it:'))} ${plain(howToRun)}`]),
    ...(installed ? [`${plain(t('Folder:'))} ${plain(installed.folder)}`] : []),
    link(page, page),
  ];
  return parts.join('\n\n');
}

/** The same of a model that is not in the catalogue. */
export function ownMarkdown({ name, modelId, folder, bytes, problem }: OwnModel, t: Translate): string {
  return [`**${plain(name)}** \`${modelId}\``, ...(problem === undefined ? [] : [`⚠ ${plain(problem)}`]), formatBytes(bytes), `${plain(t('Folder:'))} ${plain(folder)}`].join('\n\n');
}

/** Text that stays as it is. */
export function plain(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+\-.!|<>~$&:@]/g, '\\$&').replace(/\s*\n\s*/g, ' ');
}

function claimLine({ what, value, source }: CatalogueClaim): string {
  return `- ${plain(what)}: **${plain(value)}** (${plain(source)})`;
}

function licenceLine({ licence: { name, url, note, mustAccept, gated } }: CatalogueEntry, t: Translate): string {
  const terms = [...(mustAccept ? [t('must be accepted')] : []), ...(gated ? [t('needs an account on the hub')] : [])].map((text) => ` · ${plain(text)}`).join('');
  return `${plain(t('Licence:'))} ${url === undefined ? plain(name) : link(name, url)}${terms}${note === undefined ? '' : `\n\n${plain(note)}`}`;
}

function variantLine(variant: CatalogueVariant, isChosen: boolean, t: Translate): string {
  const { id, memoryBytes, fit, advice } = variant;
  const memory = memoryBytes === undefined ? [] : [t('memory: {0}', formatBytes(memoryBytes))];
  const words = [sizeText(variant, t), ...memory, fitText(fit, t)].map(plain).join(' · ');
  return `- ${isChosen ? `**${plain(id)}**` : plain(id)}: ${words}  \n  ${plain(advice)}`;
}

function link(text: string, url: string): string {
  return `[${plain(text)}](<${url.replace(/[<>\s]/g, encodeURIComponent)}>)`;
}
