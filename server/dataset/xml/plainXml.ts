import type { XmlDocument, XmlElement, XmlNode } from './xmlNode.js';
import { isElement } from './xmlNode.js';

/** An element as short plain JSON: `[name, [attributes in turn], ...children]`; other nodes as they are. */
export function plainNode(node: XmlNode): unknown {
  return isElement(node) ? [node.name, node.attributes.flat(), ...node.children.map(plainNode)] : node;
}

/** The way back. Documents are edited by others too: what fits nowhere becomes an empty text. */
export function nodeOfPlain(plain: unknown): XmlNode {
  if (Array.isArray(plain)) {
    const [name, flat, ...children] = plain as unknown[];
    const texts = Array.isArray(flat) ? flat.map(String) : [];
    const attributes = Array.from({ length: Math.floor(texts.length / 2) }, (_, i): [string, string] => [texts[2 * i] ?? '', texts[2 * i + 1] ?? '']);
    return { name: String(name), attributes, children: children.map(nodeOfPlain) };
  }
  if (typeof plain === 'object' && plain !== null) {
    const { comment, instruction } = plain as Record<string, unknown>;
    return typeof instruction === 'string' ? { instruction } : { comment: String(comment) };
  }
  return typeof plain === 'string' ? plain : '';
}

export function plainDocument({ declaration, before, root, after }: XmlDocument): unknown {
  return {
    ...(declaration && { declaration: declaration.flat() }),
    ...(before.length > 0 && { before: before.map(plainNode) }),
    root: plainNode(root),
    ...(after.length > 0 && { after: after.map(plainNode) }),
  };
}

export function documentOfPlain(plain: unknown): XmlDocument | undefined {
  const { declaration, before, root, after } = (typeof plain === 'object' && plain !== null ? plain : {}) as Record<string, unknown>;
  const nodes = (list: unknown): XmlNode[] => (Array.isArray(list) ? list.map(nodeOfPlain) : []);
  const element = nodeOfPlain(root);
  if (!isElement(element)) {
    return undefined;
  }
  const declared = declaration === undefined ? undefined : (nodeOfPlain(['', declaration]) as XmlElement).attributes;
  return { ...(declared && { declaration: declared }), before: nodes(before), root: element, after: nodes(after) };
}
