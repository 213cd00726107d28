import { type DatasetFormatName, ErrorCode, phrase, VideoChatError } from '../../protocol/index.js';
import type { Format } from './format.js';
import { videochatFormat } from './videochatFormat.js';

/** All formats, in the order of the loss table. */
export const formats: readonly Format[] = [
  videochatFormat,
];

/** @throws VideoChatError InvalidParams where a format cannot be read or written (yet) */
export function formatNamed(name: DatasetFormatName): Format {
  const found = formats.find((each) => each.name === name);
  if (!found) {
    throw new VideoChatError(ErrorCode.InvalidParams, phrase`There is no format "${name}".`, {
      hint: 'server/dataset/README.md lists the formats.',
    });
  }
  return found;
}
