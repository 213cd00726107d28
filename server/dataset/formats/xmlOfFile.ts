import { phrase } from '../../protocol/index.js';
import { readXml, XmlError } from '../xml/readXml.js';
import type { XmlDocument } from '../xml/xmlNode.js';
import { fileTooLarge, formatInvalid } from './formatError.js';
import type { SourceFile } from './format.js';

/** Reads the XML of a file. @throws VideoChatError FormatInvalid */
export async function xmlOfFile(file: SourceFile): Promise<XmlDocument> {
  try {
    return await readXml(file.open());
  } catch (error) {
    if (!(error instanceof XmlError)) {
      throw error;
    }
    throw error.isTooMuch ? fileTooLarge(file.path, error.expected) : formatInvalid(file.path, phrase`line ${error.line}`, error.expected);
  }
}
