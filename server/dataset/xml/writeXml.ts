import { isElement, type XmlDocument, type XmlNode } from './xmlNode.js';

const indent = '    ';

/** A document as text, one element a line. */
export function writeXml({ declaration, before, root, after }: XmlDocument): string {
  const head = declaration ? [`<?xml${attributes(declaration)}?>`] : [];
  return `${[...head, ...[...before, root, ...after].map((node) => write(node, ''))].join('\n')}\n`;
}

function write(node: XmlNode, margin: string): string {
  if (typeof node === 'string') {
    return escape(node, /[&<>\r]/g);
  }
  if (!isElement(node)) {
    return 'comment' in node ? `${margin}<!--${node.comment}-->` : `${margin}<?${node.instruction}?>`;
  }
  const open = `${margin}<${node.name}${attributes(node.attributes)}`;
  if (node.children.length === 0) {
    return `${open}/>`;
  }
  // Where there is text, white space counts.
  if (node.children.some((each) => typeof each === 'string')) {
    return `${open}>${node.children.map((each) => write(each, '')).join('')}</${node.name}>`;
  }
  return `${open}>\n${node.children.map((each) => write(each, margin + indent)).join('\n')}\n${margin}</${node.name}>`;
}

function attributes(list: readonly [string, string][]): string {
  return list.map(([name, value]) => ` ${name}="${escape(value, /[&<>"\r\n\t]/g)}"`).join('');
}

const named: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Also leaves out what XML has no way to say. */
function escape(text: string, what: RegExp): string {
  return text.replace(/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '').replace(what, (found) => named[found] ?? `&#${found.charCodeAt(0)};`);
}
