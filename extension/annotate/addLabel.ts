import { applyEdits, modify } from 'jsonc-parser';
import { inlineJson } from '../../server/common/annotations/inlineJson.js';
import { JsonPlaces } from '../../server/common/annotations/jsonPlaces.js';
import { readDataset } from '../../server/common/annotations/datasetSchema.js';

/**
 * The text of a dataset's manifest with one more label behind the others; whatever else is in it stays as it is.
 *
 * @param text with line feeds only
 * @returns undefined if the text cannot be read, or has the label
 */
export function addLabel(text: string, name: string): string | undefined {
  const { manifest } = readDataset(text);
  if (!manifest || manifest.labels?.some((label) => label.name === name)) {
    return undefined;
  }
  const label = { name };
  const last = (manifest.labels?.length ?? 0) - 1;
  if (last >= 0) {
    // Behind the last one, on a line like its own: what stands there is not laid out anew.
    const { offset, length } = new JsonPlaces(text).of(['labels', last]);
    const start = text.lastIndexOf('\n', offset) + 1;
    const indent = /^[ \t]*/.exec(text.slice(start, offset))?.[0] ?? '';
    const between = start + indent.length === offset ? `,\n${indent}` : ', ';
    return text.slice(0, offset + length) + between + inlineJson(label) + text.slice(offset + length);
  }
  const formattingOptions = { insertSpaces: true, tabSize: 2, eol: '\n' };
  return onOneLine(applyEdits(text, modify(text, ['labels'], [label], { formattingOptions })), label);
}

/** A label is one line, as people write them. */
function onOneLine(text: string, label: { name: string }): string {
  const quoted = JSON.stringify(label.name).replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return text.replace(new RegExp(`\\{\\s*"name":\\s*${quoted}\\s*\\}`), () => inlineJson(label));
}
