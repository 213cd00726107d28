import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { BoundedFolder } from '../../common/boundedFolder.js';
import { voiceSampleRate, voiceWindow } from '../perception.js';

/** Sound is heard, and kept, in parts of this length. A whole number of windows. */
export const voicePartSeconds = 288;
export const windowsPerPart = (voicePartSeconds * voiceSampleRate) / voiceWindow;
/** Raised whenever the same sound would be heard otherwise. */
const version = 1;

/** How likely somebody speaks in each window, in 255ths. */
export type VoiceProbabilities = Uint8Array;

/** What was heard in parts of clips, on disk by their content. */
export class VoiceStore {
  private readonly files: BoundedFolder;

  constructor(folder: string, limitBytes: number) {
    this.files = new BoundedFolder(folder, { extension: '.voice', limitBytes });
  }

  /** @param modelHash of the model that hears @param part number of the part, from 0 */
  async find(contentHash: string, modelHash: string, part: number): Promise<VoiceProbabilities | undefined> {
    const path = await this.files.find(keyOf(contentHash, modelHash, part));
    const bytes = path === undefined ? undefined : await readFile(path).catch(() => undefined);
    return bytes && bytes.length <= windowsPerPart ? new Uint8Array(bytes) : undefined;
  }

  /** Never rejects because of the disk. */
  async keep(contentHash: string, modelHash: string, part: number, heard: VoiceProbabilities): Promise<void> {
    await this.files.write(keyOf(contentHash, modelHash, part), heard);
  }
}

function keyOf(contentHash: string, modelHash: string, part: number): string {
  return createHash('sha256').update(JSON.stringify([contentHash, modelHash, part, voicePartSeconds, version])).digest('hex');
}
