import type { PanelProblem } from '../../server/protocol/index.js';
import type { Translate } from '../translate.js';

/**
 * What models and datasets say is not trusted: a link leads to a website or nowhere.
 *
 * @param open asks before it opens. Only http and https arrive there.
 */
export async function openLink(text: string, open: (url: URL) => Promise<void>, t: Translate): Promise<PanelProblem | undefined> {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:') {
    return { message: t('Only links to websites are opened.'), hint: text.slice(0, 200) };
  }
  await open(url);
  return undefined;
}
