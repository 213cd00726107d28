import { describe, expect, it } from 'vitest';
import { clientEntry } from '../../../server/mcp/clientEntry.js';
import { rootFolders } from '../../../server/mcp/rootFolders.js';

describe('what a client of the Model Context Protocol is told', () => {
  it('is a program with what was asked for', () => {
    expect(clientEntry('/node', '/videochat.mjs', { roots: ['/a', '/b c'], allowWrites: true, model: 'mini' })).toEqual({
      command: '/node',
      args: ['/videochat.mjs', 'mcp', '--root', '/a', '--root', '/b c', '--allow-writes', '--model', 'mini'],
    });
    expect(clientEntry('/node', '/videochat.mjs', { roots: [], allowWrites: false })).toEqual({ command: '/node', args: ['/videochat.mjs', 'mcp'] });
  });
});

describe('roots of a client', () => {
  it('are the folders of this machine among them', () => {
    const roots = ['file:///w/a%20b', 'https://elsewhere/w', 'file:///w/%2e%2e%2fx', 'file:///%', 'no address', 'file:///w/%2F'].map((uri) => ({ uri }));
    expect(rootFolders(roots)).toEqual(['/w/a b']);
  });
});
