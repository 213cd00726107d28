import { open } from 'node:fs/promises';
import path from 'node:path';
import { ErrorCode, phrase, type Phrase, VideoChatError } from '../../protocol/index.js';

/** What is read into memory at once. */
const mostBytes = 256 * 1024 * 1024;

/** @throws VideoChatError FormatInvalid */
export async function readDataText(file: string): Promise<string> {
  try {
    const handle = await open(file, 'r');
    try {
      const { size } = await handle.stat();
      if (size > mostBytes) {
        throw invalid(file, phrase`it has ${size} bytes, more than ${mostBytes}`);
      }
      const bytes = await handle.readFile();
      return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (error instanceof VideoChatError) {
      throw error;
    }
    throw invalid(file, error instanceof TypeError ? phrase`it is not UTF-8` : phrase`it cannot be opened: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** @throws VideoChatError FormatInvalid */
export async function readDataJson(file: string): Promise<unknown> {
  const text = await readDataText(file);
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw invalid(file, phrase`it is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

export function invalid(file: string, why: Phrase): VideoChatError {
  return new VideoChatError(ErrorCode.FormatInvalid, phrase`${path.basename(file)} cannot be read: ${why}.`, {
    hint: 'Check that the file is of the dataset that was named.',
    subject: file,
  });
}
