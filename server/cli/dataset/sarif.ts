import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { AnnotationProblem, AnnotationProblemCode, DatasetValidateRequest, ResultOf } from '../../protocol/index.js';

const levels: Record<AnnotationProblem['severity'], 'error' | 'warning' | 'note'> = { error: 'error', warning: 'warning', information: 'note' };

/** What each code means, for tools that list rules. */
const rules: Record<AnnotationProblemCode, string> = {
  notJson: 'The file is not JSON.',
  schema: 'The file is not laid out as its schema says.',
  newerVersion: 'The file was written by a later version.',
  duplicateId: 'An id is used twice.',
  duplicateItem: 'The same item stands there twice.',
  endBeforeStart: 'A span ends before it begins.',
  outOfRange: 'A span is not inside the clip.',
  overlap: 'Segments overlap on a track that does not allow it.',
  emptyCaption: 'A caption is empty.',
  unknownLabel: 'The dataset has no such label.',
  unknownTrack: 'The dataset has no such track.',
  missingAttribute: 'An attribute that is required is missing.',
  badAttribute: 'An attribute has a value that it cannot have.',
  mediaMissing: 'The clip is not there or cannot be read.',
  mediaChanged: 'The clip is another file than the one that was annotated.',
  offFrame: 'A segment begins or ends between two frames.',
};

/**
 * What was found as a SARIF 2.1.0 log, which code hosts show beside changes.
 *
 * @param dataset absolute; files below it are named relative to it
 */
export function toSarif({ found }: ResultOf<typeof DatasetValidateRequest>, dataset: string, version: string): object {
  const codes = [...new Set(found.flatMap(({ problems }) => problems.map(({ code }) => code)))].sort();
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'videochat', version, rules: codes.map((id) => ({ id, shortDescription: { text: rules[id] } })) } },
        columnKind: 'utf16CodeUnits',
        originalUriBaseIds: { DATASET: { uri: `${pathToFileURL(dataset).href.replace(/\/$/, '')}/` } },
        results: found.flatMap(({ path: file, problems }) =>
          problems.map(({ code, severity, message, line, column, offset, length }) => ({
            ruleId: code,
            ruleIndex: codes.indexOf(code),
            level: levels[severity],
            message: { text: message },
            locations: [
              {
                physicalLocation: {
                  artifactLocation: locationOf(file, dataset),
                  region: { startLine: line, startColumn: column, charOffset: offset, charLength: length },
                },
              },
            ],
          })),
        ),
      },
    ],
  };
}

function locationOf(file: string, dataset: string): { uri: string; uriBaseId?: string } {
  const below = path.relative(dataset, file);
  if (below.startsWith('..') || path.isAbsolute(below)) {
    return { uri: pathToFileURL(file).href };
  }
  return { uri: below.split(path.sep).map(encodeURIComponent).join('/'), uriBaseId: 'DATASET' };
}
