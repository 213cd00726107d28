import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Phrase, renderPhrase } from '../protocol/index.js';
import { packageRoot } from './packageRoot.js';

/** Says what a person is told in that person's language. */
export type Translate = (words: string | Phrase) => string;

export const inEnglish: Translate = String;

const bundleName = /^bundle\.l10n\.([a-z0-9-]+)\.json$/;
const bundles = new Map<string, ReadonlyMap<string, string>>();

/**
 * The translator for a client's locale, with the bundles of `l10n/`; English where there is none.
 *
 * @param locale BCP 47, or as an environment has it: `zh-cn`, `zh-Hans`, `zh_CN.UTF-8`
 */
export function translatorFor(locale = 'en', folder = join(packageRoot(), 'l10n')): Translate {
  const file = bundleFor(locale, folder);
  const bundle = file === undefined ? undefined : readBundle(join(folder, file));
  return bundle ? (words) => renderPhrase(words, (template) => bundle.get(template) ?? template) : inEnglish;
}

/** The name of the bundle in the same language and script: that of `zh-cn` serves `zh-Hans-SG`, but not `zh-tw`. */
function bundleFor(locale: string, folder: string): string | undefined {
  const wanted = languageOf(locale);
  if (wanted === undefined) {
    return undefined;
  }
  try {
    return readdirSync(folder).find((name) => languageOf(bundleName.exec(name)?.[1] ?? '') === wanted);
  } catch {
    return undefined;
  }
}

function languageOf(locale: string): string | undefined {
  try {
    const { language, script } = new Intl.Locale(locale.replace(/[.@].*$/, '').replaceAll('_', '-')).maximize();
    return `${language}-${script}`;
  } catch {
    return undefined;
  }
}

function readBundle(file: string): ReadonlyMap<string, string> | undefined {
  let bundle = bundles.get(file);
  if (!bundle) {
    try {
      const texts = JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>;
      bundle = new Map(Object.entries(texts));
      bundles.set(file, bundle);
    } catch {
      // A damaged bundle costs the language, not the server.
      return undefined;
    }
  }
  return bundle;
}
