import { phrase } from '../../protocol/index.js';
import type { JsonObject } from '../json/json.js';
import { endingOf } from './clipName.js';
import type { NamedClip } from './entryCodec.js';
import { EntryMismatch } from './formatError.js';

/** The clip of a task: the first of its data that is named like one. Uploads have 8 digits before their names. */
export function clipOfTask(data: JsonObject): NamedClip {
  const texts = [data.get('video'), ...data.values()].filter((each) => typeof each === 'string');
  const address = texts.find((text) => endingOf(text.replace(/[?#](?!d=).*$/, '')) !== '') ?? texts[0];
  if (address === undefined) {
    throw new EntryMismatch(phrase`"data" with the clip`);
  }
  const local = /^\/data\/local-files\/\?d=(.+)$/.exec(address)?.[1];
  const upload = /^\/data\/upload\/(?:\d+\/)?(?:[0-9a-f]{8}-)?(.+)$/.exec(address)?.[1];
  const remote = /^[a-z][a-z0-9+.-]*:\/\/[^?#]*?([^/?#]+)(?:[?#].*)?$/i.exec(address)?.[1];
  const name = local ?? upload ?? remote;
  return { name: name === undefined ? address : decoded(name), kind: 'path' };
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
