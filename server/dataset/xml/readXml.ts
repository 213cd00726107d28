import { SaxesParser } from 'saxes';
import { phrase, type Phrase } from '../../protocol/index.js';
import type { XmlDocument, XmlElement, XmlNode } from './xmlNode.js';

/** A text that is not XML, or not XML that we read. */
export class XmlError extends Error {
  constructor(
    readonly expected: string | Phrase,
    readonly line: number,
    /** It is more than is read at all. */
    readonly isTooMuch = false,
  ) {
    super(`expected ${expected} in line ${line}`);
  }
}

export interface XmlLimits {
  bytes: number;
  depth: number;
  nodes: number;
}

/** More than a document of annotations can keep; a tree takes many times its text. */
export const usualXmlLimits: XmlLimits = { bytes: 64 * 1024 * 1024, depth: 64, nodes: 1_000_000 };

/**
 * Reads a document piece by piece into a tree. Nothing in it is ever fetched or expanded: a DOCTYPE is refused, and of
 * entities only the five that every document has are known.
 *
 * @throws XmlError
 */
export async function readXml(chunks: AsyncIterable<Buffer>, limits: XmlLimits = usualXmlLimits): Promise<XmlDocument> {
  const builder = new TreeBuilder(limits);
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > limits.bytes) {
      throw builder.tooMuch(phrase`a file of less than ${Math.round(limits.bytes / 1024 / 1024)} MB`);
    }
    builder.push(decode(decoder, builder, chunk));
  }
  builder.push(decode(decoder, builder));
  return builder.end();
}

function decode(decoder: InstanceType<typeof TextDecoder>, builder: TreeBuilder, chunk?: Buffer): string {
  try {
    return decoder.decode(chunk, { stream: chunk !== undefined });
  } catch {
    throw builder.error(phrase`text in UTF-8`);
  }
}

class TreeBuilder {
  private readonly parser = new SaxesParser({ xmlns: false, position: true });
  private readonly open: XmlElement[] = [];
  private readonly before: XmlNode[] = [];
  private readonly after: XmlNode[] = [];
  private declaration: [string, string][] | undefined;
  private root: XmlElement | undefined;
  private nodes = 0;
  private text = '';
  private failure: XmlError | undefined;

  constructor(private readonly limits: XmlLimits) {
    const { parser } = this;
    parser.on('error', () => this.fail(phrase`well-formed XML without entities of its own`));
    parser.on('doctype', () => this.fail(phrase`no DOCTYPE`));
    parser.on('xmldecl', ({ version, encoding, standalone }) => {
      const parts: [string, string | undefined][] = [['version', version], ['encoding', encoding], ['standalone', standalone]];
      this.declaration = parts.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as [string, string]]));
      if (encoding !== undefined && !/^(?:utf-?8|us-ascii)$/i.test(encoding)) {
        this.fail(phrase`text in UTF-8`);
      }
    });
    parser.on('text', (text) => (this.text += text));
    parser.on('cdata', (text) => (this.text += text));
    parser.on('comment', (comment) => this.add({ comment }));
    parser.on('processinginstruction', ({ target, body }) => this.add({ instruction: body === '' ? target : `${target} ${body}` }));
    parser.on('opentag', ({ name, attributes }) => this.enter(name, Object.entries(attributes)));
    parser.on('closetag', () => this.leave());
  }

  push(text: string): void {
    this.parser.write(text);
    this.check();
  }

  end(): XmlDocument {
    this.parser.close();
    this.check();
    const { root, before, after, declaration } = this;
    if (!root) {
      throw this.error(phrase`an element`);
    }
    return { ...(declaration && { declaration }), before, root, after };
  }

  error(expected: string | Phrase): XmlError {
    return new XmlError(expected, this.parser.line);
  }

  tooMuch(expected: Phrase): XmlError {
    return new XmlError(expected, this.parser.line, true);
  }

  private check(): void {
    if (this.failure) {
      throw this.failure;
    }
  }

  private fail(expected: string | Phrase): void {
    this.failure ??= this.error(expected);
  }

  private enter(name: string, attributes: [string, string][]): void {
    const element: XmlElement = { name, attributes, children: [] };
    if (this.root) {
      this.add(element);
    } else {
      this.root = element;
    }
    this.open.push(element);
    if (this.open.length > this.limits.depth) {
      this.fail(phrase`at most ${this.limits.depth} levels`);
    }
  }

  private leave(): void {
    this.addText();
    this.open.pop();
  }

  private addText(): void {
    const { text } = this;
    this.text = '';
    const parent = this.open.at(-1);
    // White space counts where it is all an element has.
    if (parent && (text.trim() !== '' || (text !== '' && parent.children.length === 0))) {
      this.put(parent.children, text);
    }
  }

  private add(node: XmlNode): void {
    const parent = this.open.at(-1);
    if (this.text.trim() === '') {
      this.text = '';
    }
    this.addText();
    this.put(parent ? parent.children : this.root ? this.after : this.before, node);
  }

  private put(list: XmlNode[], node: XmlNode): void {
    // What comes behind a failure is not kept: it may be without end.
    if (this.failure) {
      return;
    }
    this.nodes++;
    if (this.nodes > this.limits.nodes) {
      this.failure ??= this.tooMuch(phrase`at most ${this.limits.nodes} elements`);
    }
    list.push(node);
  }
}
