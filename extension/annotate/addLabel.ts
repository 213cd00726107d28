import { modify } from 'jsonc-parser';
import { inlineJson } from '../../server/common/annotations/inlineJson.js';
import { readDataset } from '../../server/common/annotations/datasetSchema.js';

/**
 * The text of a dataset's manifest with one more label behind the others; whatever else is in it stays as it is.
 *
 * @returns undefined if the text cannot be read, or has the label
 */
export function addLabel(text: string, name: string): string | undefined {
  const { manifest } = readDataset(text);
  if (!manifest || manifest.labels?.some((label) => label.name === name)) {
    return undefined;
  }
  const label = { name };
  const at = manifest.labels?.length ?? 0;
  const indent = /^([ \t]+)"/m.exec(text)?.[1] ?? '  ';
  const formattingOptions = { insertSpaces: !indent.includes('\t'), tabSize: indent.includes('\t') ? 1 : indent.length, eol: text.includes('\r\n') ? '\r\n' : '\n' };
  const changes = manifest.labels ? modify(text, ['labels', at], label, { isArrayInsertion: true, formattingOptions }) : modify(text, ['labels'], [label], { formattingOptions });
  return changes.reduceRight((now, { offset, length, content }) => now.slice(0, offset) + compact(content, label) + now.slice(offset + length), text);
}

/** A label is one line, as people write them. */
function compact(content: string, label: { name: string }): string {
  return content.replace(/\{\s*"name":\s*"(?:[^"\\]|\\.)*"\s*\}/, () => inlineJson(label));
}
