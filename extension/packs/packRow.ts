import { formatBytes } from '../../server/common/formatBytes.js';
import type { GpuPack, PackListResult } from '../../server/protocol/index.js';
import type { RowLook } from '../models/rowText.js';
import type { Translate } from '../translate.js';

/** What a person can do with a pack; menus go by these words. */
export type PackAction = 'add' | 'test' | 'remove';

export function packActions({ state, fetching }: Pick<GpuPack, 'state' | 'fetching'>): PackAction[] {
  if (fetching) {
    return [];
  }
  switch (state) {
    case 'absent':
      return ['add'];
    case 'partial':
      return ['add', 'remove'];
    case 'installed':
      return ['test', 'remove'];
    case 'outdated':
    case 'broken':
      return ['add', 'remove'];
  }
}

export function packLook(pack: GpuPack, { card, enabled }: Pick<PackListResult, 'card' | 'enabled'>, t: Translate): RowLook {
  const { state, bytes, bytesHere, problem, verdict, fetching } = pack;
  const size = bytes === undefined ? [] : [formatBytes(bytes)];
  const look = (icon: string, words: readonly string[], colour?: string): RowLook => ({ icon, ...(colour === undefined ? {} : { colour }), description: words.join(' · ') });
  if (fetching) {
    return look('sync~spin', [t('is being fetched: {0}', formatBytes(bytesHere))]);
  }
  switch (state) {
    case 'absent':
      return look('cloud-download', [...(card ? [t('for {0}', card.name)] : []), ...size]);
    case 'partial':
      return look('debug-pause', [t('paused at {0}', bytes === undefined ? formatBytes(bytesHere) : `${Math.min(100, Math.floor((100 * bytesHere) / bytes))} %`)], 'charts.yellow');
    case 'outdated':
      return look('warning', [problem ?? t('of another version')], 'charts.yellow');
    case 'broken':
      return look('error', [problem ?? t('damaged')], 'list.errorForeground');
    case 'installed':
      break;
  }
  if (!enabled) {
    return look('circle-slash', [t('switched off'), formatBytes(bytesHere)]);
  }
  if (verdict === undefined) {
    return look('check', [formatBytes(bytesHere)]);
  }
  return verdict.works ? look('zap', [t('works'), formatBytes(bytesHere)], 'charts.green') : look('warning', [verdict.message], 'charts.yellow');
}
