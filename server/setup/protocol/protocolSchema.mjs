import path from 'node:path';
import ts from 'typescript';
import { documentationOf, TypeSchemas, withDescription } from './typeSchemas.mjs';

/** Functions of `descriptor.ts` that declare a message. */
const declarations = {
  clientRequest: { kind: 'requests', direction: 'clientToServer' },
  serverRequest: { kind: 'requests', direction: 'serverToClient' },
  clientNotification: { kind: 'notifications', direction: 'clientToServer' },
  serverNotification: { kind: 'notifications', direction: 'serverToClient' },
};

/**
 * The protocol as JSON Schema, read from its types: a schema of any message, and for each method those of its params,
 * its result and its progress.
 *
 * @param {string} folder of the protocol
 */
export function protocolSchema(folder) {
  const entry = path.join(folder, 'index.ts');
  const options = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext, strict: true, noEmit: true, types: [] };
  const program = ts.createProgram([entry], options);
  const checker = program.getTypeChecker();
  const schemas = new TypeSchemas(checker, folder.replaceAll('\\', '/').replace(/\/$/, ''));
  const messages = { requests: {}, notifications: {} };
  let version = '';
  for (const symbol of exported(checker, program.getSourceFile(entry))) {
    const call = symbol.valueDeclaration && ts.isVariableDeclaration(symbol.valueDeclaration) ? symbol.valueDeclaration.initializer : undefined;
    if (symbol.name === 'protocolVersion' && call && ts.isStringLiteral(call)) {
      version = call.text;
    }
    if (!call || !ts.isCallExpression(call) || !(call.expression.getText() in declarations)) {
      continue;
    }
    const { kind, direction } = declarations[call.expression.getText()];
    const [method] = call.arguments;
    const [params, result, progress] = call.typeArguments ?? [];
    messages[kind][method.text] = withDescription(
      {
        direction,
        params: schemas.ofNode(params),
        ...(result ? { result: schemas.ofNode(result) } : {}),
        ...(progress ? { progress: schemas.ofNode(progress) } : {}),
      },
      documentationOf(symbol, checker),
    );
  }
  messages.notifications['$/cancelRequest'] = {
    description: 'Asks for a request to end early; it is answered all the same.',
    direction: 'clientToServer',
    params: { type: 'object', properties: { id: { $ref: '#/$defs/Id' } }, required: ['id'] },
  };
  const { requests, notifications } = { requests: sorted(messages.requests), notifications: sorted(messages.notifications) };
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'The VideoChat protocol',
    description: 'Any message of the protocol. `requests` and `notifications` have the schemas of each method; README.md beside this file says what they mean. Members that a receiver does not know are ignored.',
    version,
    anyOf: ['ClientMessage', 'ServerMessage'].map((name) => ({ $ref: `#/$defs/${name}` })),
    requests,
    notifications,
    $defs: { ...schemas.definitions, ...envelopes(requests, notifications) },
  };
}

function exported(checker, source) {
  const module = checker.getSymbolAtLocation(source);
  return checker.getExportsOfModule(module).map((symbol) => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol));
}

function sorted(byName) {
  return Object.fromEntries(Object.entries(byName).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** JSON-RPC around them. */
function envelopes(requests, notifications) {
  const pointer = (kind, method) => `#/${kind}/${method.replaceAll('~', '~0').replaceAll('/', '~1')}/params`;
  const message = (kind, method) => ({
    type: 'object',
    properties: { jsonrpc: { const: '2.0' }, ...(kind === 'requests' ? { id: { $ref: '#/$defs/Id' } } : {}), method: { const: method }, params: { $ref: pointer(kind, method) } },
    required: ['jsonrpc', ...(kind === 'requests' ? ['id'] : []), 'method'],
  });
  const sentBy = (direction) =>
    Object.entries({ requests, notifications }).flatMap(([kind, all]) => Object.keys(all).filter((method) => all[method].direction === direction).map((method) => message(kind, method)));
  const answer = { $ref: '#/$defs/Answer' };
  return {
    Id: { description: 'Of a request: 1 and "1" are the same.', anyOf: [{ type: 'string' }, { type: 'number' }] },
    Answer: {
      type: 'object',
      properties: {
        jsonrpc: { const: '2.0' },
        id: { anyOf: [{ $ref: '#/$defs/Id' }, { type: 'null' }] },
        result: { description: 'What `requests` says of the method.' },
        error: {
          type: 'object',
          properties: {
            code: { type: 'integer' },
            message: { type: 'string' },
            data: { type: 'object', properties: { hint: { type: 'string' }, subject: { type: 'string' }, english: { type: 'string' } } },
          },
          required: ['code', 'message'],
        },
      },
      required: ['jsonrpc', 'id'],
      anyOf: [{ required: ['result'] }, { required: ['error'] }],
    },
    ClientMessage: { anyOf: [...sentBy('clientToServer'), answer] },
    ServerMessage: { anyOf: [...sentBy('serverToClient'), answer] },
  };
}
