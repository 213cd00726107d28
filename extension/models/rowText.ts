import { formatBytes } from '../../server/common/formatBytes.js';
import type { CatalogueEntry, CatalogueFit, CatalogueVariant, ModelPullProgress, OwnModel } from '../../server/protocol/index.js';
import type { Translate } from '../translate.js';
import type { Download } from './downloads.js';
import { type ModelFacts, type ModelRowState, rowState, rowVariant } from './modelRow.js';

/** How a row looks. */
export interface RowLook {
  /** A codicon, and a colour of the theme. */
  icon: string;
  colour?: string;
  /** Beside the name. */
  description: string;
}

const fitIcons: Record<CatalogueFit, [icon: string, colour?: string]> = {
  gpu: ['zap', 'charts.green'],
  cpu: ['circle-filled', 'charts.green'],
  tight: ['warning', 'charts.yellow'],
  tooLarge: ['circle-slash', 'charts.red'],
  unknown: ['circle-outline'],
};

/** How a model would do on this machine, in a few words. */
export function fitText(fit: CatalogueFit, t: Translate): string {
  switch (fit) {
    case 'gpu':
      return t('runs on the graphics card');
    case 'cpu':
      return t('fits');
    case 'tight':
      return t('tight');
    case 'tooLarge':
      return t('too large');
    case 'unknown':
      return t('memory need not known');
  }
}

export function entryLook(facts: ModelFacts, t: Translate): RowLook {
  const { entry } = facts;
  const variant = rowVariant(entry);
  const state = rowState(facts);
  const [icon, colour] = iconOf(facts, state, variant?.fit ?? 'unknown');
  return { icon, ...(colour === undefined ? {} : { colour }), description: joined(wordsOf(facts, state, t)) };
}

export function ownLook({ bytes, origin, problem }: OwnModel, answers: boolean, t: Translate): RowLook {
  if (problem !== undefined) {
    return { icon: 'error', colour: 'list.errorForeground', description: t('cannot be used') };
  }
  const origins = { builtIn: t('part of the extension'), imported: t('imported'), folder: t('in a folder of the settings') };
  const description = joined([...(answers ? [t('answers')] : []), formatBytes(bytes), origins[origin]]);
  return answers ? { icon: 'pass-filled', colour: 'charts.green', description } : { icon: 'check', description };
}

/** How far a download is: percent, rate and what is left of it. */
export function progressText({ phase, progress }: Pick<Download, 'phase' | 'progress'>, t: Translate): string {
  if (phase === 'pausing') {
    return t('pausing…');
  }
  if (phase === 'cancelling') {
    return t('cancelling…');
  }
  switch (progress?.stage) {
    case undefined:
    case 'asking':
      return t('asking the hub…');
    case 'waiting':
      return t('waiting for another download of the same file');
    case 'fetching':
      return joined([share(progress), ...rateText(progress, t)]);
    case 'verifying':
      return t('comparing: {0}', share(progress));
    case 'installing':
      return t('installing…');
  }
}

/** A whole number of percent where the end is known, else bytes. */
export function share({ done, total }: Pick<ModelPullProgress, 'done' | 'total'>): string {
  return total === undefined || total === 0 ? formatBytes(done) : `${Math.min(100, Math.floor((100 * done) / total))} %`;
}

/** Of all files; where the hub has to be asked for some of them, of the others. */
export function sizeText(variant: CatalogueVariant, t: Translate): string {
  if (variant.bytes !== undefined) {
    return formatBytes(variant.bytes);
  }
  const known = knownBytes(variant);
  return known === 0 ? t('size not known yet') : t('more than {0}', formatBytes(known));
}

function knownBytes({ files }: CatalogueVariant): number {
  return files.reduce((sum, { bytes = 0 }) => sum + bytes, 0);
}

/** A time that is left: rounded, as it is a guess. */
export function leftText(seconds: number, t: Translate): string {
  if (seconds < 60) {
    return t('{0} s left', Math.max(1, Math.round(seconds)));
  }
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? t('{0} min left', minutes) : t('{0} h {1} min left', Math.floor(minutes / 60), minutes % 60);
}

function iconOf({ answers }: ModelFacts, state: ModelRowState, fit: CatalogueFit): [string, string?] {
  switch (state) {
    case 'available':
      return fitIcons[fit];
    case 'closed':
      return ['lock'];
    case 'coming':
      return ['sync~spin'];
    case 'elsewhere':
      return ['sync'];
    case 'paused':
      return ['debug-pause', 'charts.yellow'];
    case 'installed':
      return answers ? ['pass-filled', 'charts.green'] : ['check'];
    case 'broken':
      return ['error', 'list.errorForeground'];
  }
}

function wordsOf(facts: ModelFacts, state: ModelRowState, t: Translate): string[] {
  const { entry, download, failure, answers } = facts;
  const variant = rowVariant(entry);
  const size = variant?.bytes;
  const here = entry.bytesHere;
  switch (state) {
    case 'available':
      return [
        ...(failure === undefined ? [] : [t('failed: {0}', failure)]),
        ...(entry.recommended ? [t('suggested for this machine')] : []),
        ...(variant === undefined || (variant.bytes ?? knownBytes(variant)) === 0 ? [] : [sizeText(variant, t)]),
        fitText(variant?.fit ?? 'unknown', t),
        ...(entry.runs === 'export' ? [t('has to be converted')] : []),
      ];
    case 'closed':
      return [entry.runs === 'notYet' ? t('not in this version') : t('not on the hub')];
    case 'coming':
      return [progressText(download ?? { phase: 'running' }, t)];
    case 'elsewhere':
      return [t('another window fetches it: {0}', share({ done: here, ...(size === undefined ? {} : { total: size }) }))];
    case 'paused': {
      const far = t('paused at {0}', share({ done: here, ...(size === undefined ? {} : { total: size }) }));
      return failure === undefined ? [far] : [far, failure];
    }
    case 'installed':
      return [...(answers ? [t('answers')] : []), formatBytes(here), ...installedWords(entry, t), fitText(variant?.fit ?? 'unknown', t)];
    case 'broken':
      return [t('damaged'), formatBytes(here)];
  }
}

function installedWords({ installed, variants, runs }: CatalogueEntry, t: Translate): string[] {
  return [...(installed && variants.length > 1 ? [installed.variant] : []), ...(runs === 'export' ? [t('has to be converted')] : [])];
}

function rateText({ done, total, rate }: ModelPullProgress, t: Translate): string[] {
  if (rate === undefined || rate <= 0) {
    return [];
  }
  return [t('{0}/s', formatBytes(rate)), ...(total === undefined ? [] : [leftText((total - done) / rate, t)])];
}

function joined(words: readonly string[]): string {
  return words.filter((word) => word !== '').join(' · ');
}
