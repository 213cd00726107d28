import path from 'node:path';
import ts from 'typescript';

/** @typedef {Record<string, unknown>} Schema */

/**
 * Turns TypeScript's types into JSON Schema. Interfaces and aliases of one folder become `$defs` of their names; what
 * is computed (mapped, indexed, generic types) is written out where it is used.
 */
export class TypeSchemas {
  /** @type {Map<string, Schema>} */
  #definitions = new Map();

  /**
   * @param {ts.TypeChecker} checker
   * @param {string} folder whose types have names
   */
  constructor(checker, folder) {
    this.checker = checker;
    this.folder = folder;
  }

  /** @returns {Record<string, Schema>} in the order of their names */
  get definitions() {
    return Object.fromEntries([...this.#definitions].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  /**
   * @param {ts.TypeNode} node as it is written
   * @returns {Schema}
   */
  ofNode(node) {
    if (ts.isParenthesizedTypeNode(node)) {
      return this.ofNode(node.type);
    }
    if (ts.isTypeOperatorNode(node) && node.operator === ts.SyntaxKind.ReadonlyKeyword) {
      return this.ofNode(node.type);
    }
    if (ts.isArrayTypeNode(node)) {
      return { type: 'array', items: this.ofNode(node.elementType) };
    }
    if (ts.isUnionTypeNode(node)) {
      return union(node.types.filter((each) => each.kind !== ts.SyntaxKind.UndefinedKeyword).map((each) => withDescription(this.ofNode(each), commentBefore(each))));
    }
    if (ts.isTypeReferenceNode(node) && !node.typeArguments) {
      const named = this.#named(node);
      if (named) {
        return named;
      }
    }
    return this.ofType(this.checker.getTypeFromTypeNode(node));
  }

  /** @param {ts.Type} type @returns {Schema} */
  ofType(type) {
    const { flags } = type;
    if (flags & ts.TypeFlags.Null) return { type: 'null' };
    if (flags & (ts.TypeFlags.Unknown | ts.TypeFlags.Any)) return {};
    if (flags & ts.TypeFlags.Boolean) return { type: 'boolean' };
    if (flags & ts.TypeFlags.BooleanLiteral) return { const: this.checker.typeToString(type) === 'true' };
    if (type.isLiteral()) return { const: type.value };
    if (type.isUnion()) return union(sorted(type.types.filter((each) => !(each.flags & ts.TypeFlags.Undefined)).map((each) => this.ofType(each))));
    if (flags & ts.TypeFlags.StringLike) return { type: 'string' };
    if (flags & ts.TypeFlags.NumberLike) return { type: 'number' };
    if (this.checker.isTupleType(type)) {
      const parts = this.checker.getTypeArguments(/** @type {ts.TypeReference} */ (type)).map((each) => this.ofType(each));
      return { type: 'array', prefixItems: parts, minItems: parts.length, maxItems: parts.length };
    }
    if (this.checker.isArrayType(type)) {
      const [items] = this.checker.getTypeArguments(/** @type {ts.TypeReference} */ (type));
      return { type: 'array', items: items ? this.ofType(items) : {} };
    }
    if (flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection)) {
      return this.#ofObject(type);
    }
    throw new Error(`There is no JSON Schema for ${this.checker.typeToString(type)}.`);
  }

  /** @param {ts.TypeReferenceNode} node */
  #named(node) {
    const found = this.checker.getSymbolAtLocation(node.typeName);
    const symbol = found && found.flags & ts.SymbolFlags.Alias ? this.checker.getAliasedSymbol(found) : found;
    const declaration = symbol?.declarations?.find((each) => ts.isInterfaceDeclaration(each) || ts.isTypeAliasDeclaration(each));
    if (!symbol || !declaration || declaration.typeParameters || path.dirname(declaration.getSourceFile().fileName) !== this.folder) {
      return undefined;
    }
    const { name } = symbol;
    if (!this.#definitions.has(name)) {
      // Taken before it is made: types may name themselves.
      this.#definitions.set(name, {});
      const made = ts.isTypeAliasDeclaration(declaration) ? this.ofNode(declaration.type) : this.ofType(this.checker.getDeclaredTypeOfSymbol(symbol));
      this.#definitions.set(name, withDescription(made, documentationOf(symbol, this.checker)));
    }
    return { $ref: `#/$defs/${name}` };
  }

  /** @param {ts.Type} type */
  #ofObject(type) {
    /** @type {Record<string, Schema>} */
    const properties = {};
    /** @type {string[]} */
    const required = [];
    for (const property of this.checker.getPropertiesOfType(type)) {
      const declared = property.valueDeclaration;
      // Of a mapped or generic type, what is written is not what it means.
      const written = declared && ts.isPropertySignature(declared) && declared.type && !(property.flags & ts.SymbolFlags.Transient) ? declared.type : undefined;
      const schema = written ? this.ofNode(written) : this.ofType(this.checker.getTypeOfSymbol(property));
      properties[property.name] = withDescription(schema, documentationOf(property, this.checker));
      if (!(property.flags & ts.SymbolFlags.Optional)) {
        required.push(property.name);
      }
    }
    const others = this.checker.getIndexInfoOfType(type, ts.IndexKind.String)?.type;
    return {
      type: 'object',
      ...(Object.keys(properties).length > 0 ? { properties } : {}),
      ...(required.length > 0 ? { required } : {}),
      ...(others && !(others.flags & ts.TypeFlags.Never) ? { additionalProperties: this.ofType(others) } : {}),
    };
  }
}

/** @param {Schema[]} given @returns {Schema} */
function union(given) {
  // TypeScript has no boolean, only true and false.
  const isBoth = [true, false].every((value) => given.some((part) => part.const === value));
  const parts = isBoth ? [...given.filter((part) => typeof part.const !== 'boolean'), { type: 'boolean' }] : given;
  const [first] = parts;
  if (first && parts.length === 1) {
    return first;
  }
  if (parts.every((part) => 'const' in part && Object.keys(part).length === 1)) {
    return { enum: parts.map((part) => part.const) };
  }
  return { anyOf: parts };
}

/** The checker's own order depends on what it saw first. @param {Schema[]} parts */
function sorted(parts) {
  const key = (part) => JSON.stringify(part);
  return parts.sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

/** @param {Schema} schema @param {string | undefined} description @returns {Schema} */
export function withDescription(schema, description) {
  return description ? { description, ...schema } : schema;
}

/** @param {ts.Symbol} symbol @param {ts.TypeChecker} checker */
export function documentationOf(symbol, checker) {
  return plain(ts.displayPartsToString(symbol.getDocumentationComment(checker)));
}

/** What a comment says of a member of a union. @param {ts.TypeNode} node */
function commentBefore(node) {
  const text = node.getSourceFile().text;
  const found = ts.getLeadingCommentRanges(text, node.getFullStart())?.findLast(({ pos, end }) => text.slice(pos, end).startsWith('/**'));
  return found && plain(text.slice(found.pos + 3, found.end - 2).replace(/^\s*\*/gm, ''));
}

function plain(comment) {
  return comment.replace(/\{@link (\S+?)\}/g, '`$1`').replace(/\s+/g, ' ').trim();
}
