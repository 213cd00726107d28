import { describe, expect, it } from 'vitest';
import { openQuery, readOpenQuery } from '../../../extension/files/openUri.js';

describe('links that open a clip', () => {
  it.each([
    [{ file: '/a b/ü&x=1.mp4', segment: { startSeconds: 3, endSeconds: 7.5 } }],
    [{ file: 'clips/a#1.mp4', segment: { startSeconds: 0.25, endSeconds: 0.25 } }],
    [{ file: 'a+b%20.mp4' }],
  ])('are read as they are written: %j', (request) => expect(readOpenQuery(openQuery(request))).toEqual(request));

  it.each(['', 'file=', 'file=%00', 'file=../secret.mp4', 'file=a/../../b.mp4', 'file=//server/share/x.mp4', 'file=%5C%5Cserver%5Cx', `file=${'x'.repeat(5000)}`])(
    'are refused: %.40s',
    (query) => expect(readOpenQuery(query)).toBeUndefined(),
  );

  it.each([
    ['3,7', { startSeconds: 3, endSeconds: 7 }],
    ['3', { startSeconds: 3, endSeconds: 3 }],
    ['7,3', { startSeconds: 7, endSeconds: 7 }],
    ['-1', undefined],
    ['1e9', undefined],
    ['NaN,3', undefined],
    ['', undefined],
  ])('understand the time %j', (time, segment) => expect(readOpenQuery(`file=a.mp4&t=${time}`)?.segment).toEqual(segment));
});
