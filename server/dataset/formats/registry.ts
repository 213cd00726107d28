import { type DatasetFormatName, ErrorCode, phrase, VideoChatError } from '../../protocol/index.js';
import { activitynetCaptionsFormat } from './activitynetCaptionsFormat.js';
import { charadesStaFormat } from './charadesStaFormat.js';
import { csvFormat } from './csvFormat.js';
import { cvatFormat } from './cvatFormat.js';
import { egoschemaFormat } from './egoschemaFormat.js';
import { elanFormat } from './elanFormat.js';
import { fiftyoneFormat } from './fiftyoneFormat.js';
import type { Format } from './format.js';
import { jsonlFormat } from './jsonlFormat.js';
import { labelStudioFormat } from './labelStudioFormat.js';
import { lavilaFormat } from './lavilaFormat.js';
import { llavaFormat } from './llavaFormat.js';
import { lloviFormat } from './lloviFormat.js';
import { messagesFormat } from './messagesFormat.js';
import { mvbenchFormat } from './mvbenchFormat.js';
import { nextqaFormat } from './nextqaFormat.js';
import { srtFormat, webvttFormat } from './subtitleFormat.js';
import { via3Format } from './via3Format.js';
import { videochat2ItFormat } from './videochat2ItFormat.js';
import { videochatFormat } from './videochatFormat.js';
import { videoChatGptFormat } from './videoChatGptFormat.js';
import { vtimellmFormat } from './vtimellmFormat.js';

/** All formats, in the order of the loss table. */
export const formats: readonly Format[] = [
  videochatFormat,
  videochat2ItFormat,
  videoChatGptFormat,
  llavaFormat,
  vtimellmFormat,
  activitynetCaptionsFormat,
  charadesStaFormat,
  egoschemaFormat,
  nextqaFormat,
  lloviFormat,
  lavilaFormat,
  mvbenchFormat,
  webvttFormat,
  srtFormat,
  elanFormat,
  via3Format,
  labelStudioFormat,
  cvatFormat,
  fiftyoneFormat,
  csvFormat,
  jsonlFormat,
  messagesFormat,
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
