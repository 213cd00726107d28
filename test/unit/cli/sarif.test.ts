import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { toSarif } from '../../../server/cli/dataset/sarif.js';

/** What SARIF 2.1.0 asks of the parts that are used. */
const whole = z.int().min(0);
const sarif = z.strictObject({
  $schema: z.url(),
  version: z.literal('2.1.0'),
  runs: z.tuple([
    z.strictObject({
      tool: z.strictObject({
        driver: z.strictObject({
          name: z.string().min(1),
          version: z.string(),
          rules: z.array(z.strictObject({ id: z.string(), shortDescription: z.strictObject({ text: z.string().min(1) }) })),
        }),
      }),
      columnKind: z.literal('utf16CodeUnits'),
      originalUriBaseIds: z.record(z.string(), z.strictObject({ uri: z.string().regex(/^file:\/\/.*\/$/) })),
      results: z.array(
        z.strictObject({
          ruleId: z.string(),
          ruleIndex: whole,
          level: z.enum(['none', 'note', 'warning', 'error']),
          message: z.strictObject({ text: z.string() }),
          locations: z.tuple([
            z.strictObject({
              physicalLocation: z.strictObject({
                artifactLocation: z.strictObject({ uri: z.string().regex(/^[^ ]+$/), uriBaseId: z.string().optional() }),
                region: z.strictObject({ startLine: whole.min(1), startColumn: whole.min(1), charOffset: whole, charLength: whole }),
              }),
            }),
          ]),
        }),
      ),
    }),
  ]),
});

describe('problems as SARIF', () => {
  const problem = { message: 'no', offset: 7, length: 2, line: 2, column: 3 };
  const log = sarif.parse(
    toSarif(
      {
        ...{ files: 3, errors: 1, warnings: 1, truncated: false },
        found: [
          { path: '/data/set/a b.mp4.videochat.json', problems: [{ ...problem, code: 'overlap', severity: 'error' }, { ...problem, code: 'offFrame', severity: 'information' }] },
          { path: '/data/else.json', problems: [{ ...problem, code: 'overlap', severity: 'warning' }] },
        ],
      },
      '/data/set',
      '1.2.3',
    ),
  );
  const [run] = log.runs;

  it('name each rule once', () => {
    expect(run.tool.driver.rules.map(({ id }) => id)).toEqual(['offFrame', 'overlap']);
    expect(run.results.map(({ ruleId, ruleIndex }) => run.tool.driver.rules[ruleIndex]?.id === ruleId)).toEqual([true, true, true]);
    expect(run.results.map(({ level }) => level)).toEqual(['error', 'note', 'warning']);
  });

  it('name files relative to the dataset, as URIs', () => {
    const places = run.results.map(({ locations: [{ physicalLocation }] }) => physicalLocation);
    expect(places[0]?.artifactLocation).toEqual({ uri: 'a%20b.mp4.videochat.json', uriBaseId: 'DATASET' });
    expect(places[2]?.artifactLocation).toEqual({ uri: 'file:///data/else.json' });
    expect(places[0]?.region).toEqual({ startLine: 2, startColumn: 3, charOffset: 7, charLength: 2 });
    expect(run.originalUriBaseIds['DATASET']?.uri).toBe('file:///data/set/');
  });
});
