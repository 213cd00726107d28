import { formatBytes } from '../../server/common/formatBytes.js';
import type { PackPullProgress } from '../../server/protocol/index.js';
import { share } from '../models/rowText.js';
import type { Translate } from '../translate.js';

/** How far a pack is, in a few words. */
export function pullText({ stage, done, total, rate }: PackPullProgress, t: Translate): string {
  const far = share({ done, ...(total === undefined ? {} : { total }) });
  switch (stage) {
    case 'asking':
      return t('asking the registry…');
    case 'waiting':
      return t('waiting for another download of the same file');
    case 'fetching':
      return rate === undefined || rate <= 0 ? far : `${far} · ${t('{0}/s', formatBytes(rate))}`;
    case 'verifying':
      return t('comparing: {0}', far);
    case 'unpacking':
      return t('unpacking: {0}', far);
    case 'probing':
      return t('testing it…');
  }
}
