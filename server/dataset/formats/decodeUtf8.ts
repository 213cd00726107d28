import { phrase } from '../../protocol/index.js';
import type { SourceFile } from './format.js';
import { formatInvalid } from './formatError.js';

/** The text of a file, in pieces; a byte order mark stays. @throws VideoChatError FormatInvalid where it is not UTF-8 */
export async function* decodeUtf8(file: SourceFile): AsyncIterable<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let lines = 1;
  const decode = (chunk?: Buffer): string => {
    try {
      return decoder.decode(chunk, { stream: chunk !== undefined });
    } catch {
      throw formatInvalid(file.path, phrase`line ${lines}`, phrase`text in UTF-8`);
    }
  };
  for await (const chunk of file.open()) {
    const text = decode(chunk);
    lines += text.split('\n').length - 1;
    yield text;
  }
  const rest = decode();
  if (rest !== '') {
    yield rest;
  }
}
