import { findNodeAtLocation, type Node, type ParseError, parseTree } from 'jsonc-parser';

/** A stretch of a text in UTF-16 units. */
export interface TextPlace {
  offset: number;
  length: number;
}

/** Where the values of a JSON text stand. The text is parsed at the first question only: most documents have no problems. */
export class JsonPlaces {
  private tree: { root: Node | undefined; errors: ParseError[] } | undefined;

  constructor(private readonly text: string) {}

  /** The value at a path, or the nearest one around it. */
  of(path: readonly (string | number)[]): TextPlace {
    const { root } = this.parsed();
    for (let length = path.length; root && length >= 0; length--) {
      const found = findNodeAtLocation(root, path.slice(0, length));
      if (found) {
        return { offset: found.offset, length: found.length };
      }
    }
    return { offset: 0, length: Math.min(1, this.text.length) };
  }

  /** Where the text stops being JSON. */
  firstError(): TextPlace | undefined {
    const [first] = this.parsed().errors;
    return first && { offset: first.offset, length: Math.max(1, first.length) };
  }

  private parsed(): { root: Node | undefined; errors: ParseError[] } {
    if (!this.tree) {
      const errors: ParseError[] = [];
      const root = parseTree(this.text, errors, { disallowComments: true, allowTrailingComma: false });
      this.tree = { root, errors };
    }
    return this.tree;
  }
}
