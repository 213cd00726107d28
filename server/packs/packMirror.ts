import { checkedAddress } from '../hub/hubAddress.js';
import { ErrorCode, phrase, VideoChatError } from '../protocol/index.js';

/** Registries, and what names a mirror of each. */
const registries = [
  { origin: 'https://registry.npmjs.org/', variable: 'VIDEOCHAT_NPM_REGISTRY' },
  { origin: 'https://api.nuget.org/', variable: 'VIDEOCHAT_NUGET' },
] as const;

/** An address of a registry at the mirror that the environment names, or as it is. @throws VideoChatError DownloadRefused */
export function mirrored(url: string, env: NodeJS.ProcessEnv): URL {
  const registry = registries.find(({ origin }) => url.startsWith(origin));
  const mirror = registry && env[registry.variable];
  if (!registry || !mirror) {
    return checkedAddress(new URL(url));
  }
  if (!URL.canParse(mirror)) {
    throw new VideoChatError(ErrorCode.DownloadRefused, phrase`The mirror's address "${mirror}" is not a web address.`, {
      hint: phrase`Correct ${registry.variable}, or remove it.`,
      subject: mirror,
    });
  }
  return checkedAddress(new URL(url.slice(registry.origin.length), mirror.endsWith('/') ? mirror : `${mirror}/`));
}
