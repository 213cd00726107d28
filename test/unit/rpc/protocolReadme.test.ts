import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as protocol from '../../../server/protocol/index.js';
import { ErrorCode, protocolVersion } from '../../../server/protocol/index.js';

const readme = readFileSync(new URL('../../../server/protocol/README.md', import.meta.url), 'utf-8');

describe('the specification', () => {
  it('names every method of the protocol', () => {
    const methods = Object.values(protocol).flatMap((value) =>
      typeof value === 'object' && 'method' in value ? [value.method] : [],
    );
    expect(methods.length).toBeGreaterThan(20);
    for (const method of [...methods, '$/cancelRequest']) {
      expect(readme).toMatch(new RegExp(`^### .*\`${method.replace('$', '\\$')}\``, 'm'));
    }
  });

  it('names every error with its code', () => {
    for (const [name, code] of Object.entries(ErrorCode)) {
      expect(readme).toContain(`| ${String(code).replace('-', '−')} | \`${name}\` |`);
    }
  });

  it('is of this version', () => {
    expect(readme).toContain(`# The VideoChat protocol, version ${protocolVersion}`);
  });
});
