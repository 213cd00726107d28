import { describe, expect, it } from 'vitest';
import { publishedSchemas } from '../../../server/common/annotations/publishedSchemas.js';

describe('the published JSON Schemas', () => {
  it.each(Object.entries(publishedSchemas()))('%s: the committed file is the one that the code has', async (name, schema) => {
    await expect(`${JSON.stringify(schema, null, 2)}\n`).toMatchFileSnapshot(`../../../extension/schemas/${name}.schema.json`);
  });

  it('explain the fields that are not clear by their names', () => {
    const { annotations } = publishedSchemas();
    expect(JSON.stringify(annotations)).toContain('where the first frame after it begins');
  });
});
