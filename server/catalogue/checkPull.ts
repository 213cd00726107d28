import { ErrorCode, phrase, VideoChatError } from '../protocol/index.js';
import type { CatalogueChoice, CatalogueRecord } from './catalogueSchema.js';

/** @throws VideoChatError InvalidParams where nothing can be fetched, LicenceNotAccepted */
export function checkPull(entry: CatalogueRecord, { files }: CatalogueChoice, acceptLicence: boolean): void {
  const { id, name, runs, licence, page } = entry;
  if (runs === 'notYet') {
    throw new VideoChatError(ErrorCode.InvalidParams, phrase`${name} cannot be run with this version, so it is not fetched.`, {
      hint: entry.howToRun ?? 'Choose another model.',
      subject: id,
    });
  }
  if (files.length === 0) {
    throw new VideoChatError(ErrorCode.InvalidParams, phrase`The files of ${name} cannot be fetched from the hub.`, {
      hint: entry.howToRun ?? 'Choose another model.',
      subject: id,
    });
  }
  if (licence.mustAccept && !acceptLicence) {
    throw new VideoChatError(ErrorCode.LicenceNotAccepted, phrase`The licence of ${name} must be accepted first: ${licence.name}.`, {
      hint: licence.note ?? phrase`Read it, and say that you accept it: ${licence.url ?? page}`,
      subject: id,
    });
  }
}

/** @throws VideoChatError InvalidParams if there is no such variant */
export function chooseVariant({ id, variants }: CatalogueRecord, wanted: string): CatalogueChoice {
  const found = variants.find((variant) => variant.id === wanted);
  if (!found) {
    throw new VideoChatError(ErrorCode.InvalidParams, phrase`"${id}" has no variant "${wanted}".`, {
      hint: phrase`Choose one of these: ${variants.map((variant) => variant.id).join(', ')}.`,
      subject: id,
    });
  }
  return found;
}
