import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import * as protocol from '../../../server/protocol/index.js';
import { protocolVersion } from '../../../server/protocol/index.js';
import { protocolSchema } from '../../../server/setup/protocol/protocolSchema.mjs';
import { schemaProblems } from '../../conformance/schemaProblems.mjs';

const folder = fileURLToPath(new URL('../../../server/protocol', import.meta.url));
const text = readFileSync(`${folder}/schema.json`, 'utf8');
const schema = JSON.parse(text) as Record<string, object>;
const problems = (part: string, value: unknown): string[] => schemaProblems(schema, { $ref: `#/$defs/${part}` }, value);

describe('the schema of the protocol', () => {
  it('is what the types say; `npm run protocol:schema` writes it anew', () => {
    expect(`${JSON.stringify(protocolSchema(folder), null, 2)}\n` === text).toBe(true);
    expect(schema['version']).toBe(protocolVersion);
  });

  it('has every message', () => {
    const declared = Object.values(protocol).flatMap((value) => (typeof value === 'object' && 'method' in value ? [value.method] : []));
    const known = ['requests', 'notifications'].flatMap((kind) => Object.keys(schema[kind] ?? {}));
    expect(declared.filter((method) => !known.includes(method))).toEqual([]);
  });

  it('names nothing that is not there', () => {
    const names = Object.keys(schema['$defs'] ?? {});
    const named = [...text.matchAll(/"\$ref": "#\/\$defs\/([^"]+)"/g)].map(([, name = '']) => name);
    expect(named.filter((name) => !names.includes(name))).toEqual([]);
  });

  it('takes good messages and refuses bad ones', () => {
    const request = { jsonrpc: '2.0', id: 1, method: 'chat/send', params: { chatId: 'a', text: 'What?', sampling: { temperature: 0 } } };
    expect(problems('ClientMessage', request)).toEqual([]);
    expect(problems('ClientMessage', { ...request, unknown: 1 })).toEqual([]);
    expect(problems('ClientMessage', { ...request, params: { chatId: 'a' } })).not.toEqual([]);
    expect(problems('ClientMessage', { ...request, method: 'chat/sing' })).not.toEqual([]);
    expect(problems('ServerMessage', request)).not.toEqual([]);
    expect(problems('ServerMessage', { jsonrpc: '2.0', id: null, error: { code: -32700, message: 'no' } })).toEqual([]);
    expect(problems('TimelineEvent', { id: 'e', track: 'smell', label: 'x', confidence: 1, source: 's', startSeconds: 0, endSeconds: 1 })).not.toEqual([]);
    expect(problems('TimelineEvent', { id: 'e', track: 'text', label: 'x', confidence: 1, source: 's', startSeconds: 0, endSeconds: 1, box: [0, 0, 1, 1] })).toEqual([]);
    expect(problems('TimelineEvent', { id: 'e', track: 'text', label: 'x', confidence: 1, source: 's', startSeconds: 0, endSeconds: 1, box: [0, 0, 1] })).not.toEqual([]);
    expect(problems('AnnotationEdit', { op: 'add', list: 'segments', item: { id: 's', start: 0, end: 1 } })).toEqual([]);
    expect(problems('AnnotationEdit', { op: 'add', list: 'questions', item: { id: 's', start: 0, end: 1 } })).not.toEqual([]);
  });
});
