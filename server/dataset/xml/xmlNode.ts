/** An element; attributes keep their order, names their prefixes. */
export interface XmlElement {
  name: string;
  attributes: [name: string, value: string][];
  children: XmlNode[];
}

/** Text that is nothing but white space between elements is left out. */
export type XmlNode = XmlElement | string | { comment: string } | { instruction: string };

export interface XmlDocument {
  /** `version`, `encoding`, `standalone`; undefined: no declaration. */
  declaration?: [name: string, value: string][];
  /** Comments and instructions in front of the root, and behind it. */
  before: XmlNode[];
  root: XmlElement;
  after: XmlNode[];
}

export function isElement(node: XmlNode | undefined): node is XmlElement {
  return typeof node === 'object' && 'name' in node;
}

export function elementsOf(parent: XmlElement, name?: string): XmlElement[] {
  return parent.children.filter((node): node is XmlElement => isElement(node) && (name === undefined || node.name === name));
}

export function attributeOf(element: XmlElement, name: string): string | undefined {
  return element.attributes.find(([each]) => each === name)?.[1];
}

/** The attribute keeps its place; a new one comes last. */
export function setAttribute(element: XmlElement, name: string, value: string): void {
  const found = element.attributes.find(([each]) => each === name);
  if (found) {
    found[1] = value;
  } else {
    element.attributes.push([name, value]);
  }
}

/** All text in an element. */
export function xmlText(element: XmlElement | undefined): string {
  return (element?.children ?? []).map((node) => (typeof node === 'string' ? node : isElement(node) ? xmlText(node) : '')).join('');
}

export function xmlElement(name: string, attributes: Record<string, string>, children: XmlNode[] = []): XmlElement {
  return { name, attributes: Object.entries(attributes), children };
}
