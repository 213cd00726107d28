import { describe, expect, it } from 'vitest';
import { videochatFormat } from '../../../../server/dataset/formats/videochatFormat.js';
import { sameText } from './sameText.js';
import { passThrough, writePieces } from './passThrough.js';

const plain = '[{"video": "000051_000100/1012345678.mp4", "QA": [{"q": "What is the man doing?", "a": "He is pouring tea."}, {"q": "And after that?", "a": "He sits down."}]}]';

describe('VideoChat instruction data', () => {
  it('is conversations, and nothing more to remember', async () => {
    const { pieces, fileRest, files } = await passThrough(videochatFormat, plain);
    expect(pieces).toEqual([
      {
        position: 0,
        clip: '000051_000100/1012345678.mp4',
        items: [
          {
            list: 'conversations',
            item: {
              turns: [
                { role: 'user', text: 'What is the man doing?' },
                { role: 'assistant', text: 'He is pouring tea.' },
                { role: 'user', text: 'And after that?' },
                { role: 'assistant', text: 'He sits down.' },
              ],
            },
          },
        ],
      },
    ]);
    expect(fileRest).toBeUndefined();
    expect(sameText(files.get(''))).toBe(sameText(plain));
  });

  it.each([
    ['pictures', '[{"image": "a.jpg", "QA": [{"q": "What?", "a": "A cat."}]}]'],
    ['a video under "image", unknown fields, numbers beyond JSON', '[{"id": 12345678901234567890, "image": "a.mp4", "QA": [{"a": "x", "q": "y", "score": NaN}], "10": 1, "2": -Infinity, "__proto__": 1}]'],
    ['empty questions and an instruction', '[{"video": "a.mp4", "QA": [{"i": "Look.", "q": "", "a": "A cat."}, {"q": "", "a": ""}]}]'],
    ['a byte order mark and Windows line breaks', '\uFEFF[\r\n{"video": "a.mp4",\r\n "QA": [{"q": " für 视频?\\u00e9", "a": "\\ud83d"}]}\r\n]\r\n'],
    ['captions', '[{"video": "a.mp4", "caption": " A dog."}, {"image": "b.jpg", "caption": ""}]'],
    ['no items', '[]'],
  ])('comes out as it went in: %s', async (_name, text) => {
    const { files } = await passThrough(videochatFormat, text);
    expect(sameText(files.get(''))).toBe(sameText(text.replace('\uFEFF', '')));
  });
});

describe('what an annotator has made', () => {
  it('is written as VideoChat reads it', async () => {
    const { files } = await writePieces(videochatFormat, [
      { clip: 'a.mp4', items: [{ list: 'questions', item: { id: 'q', question: 'Who?', answer: 'A man.' } }] },
    ]);
    expect(JSON.parse(files.get('') ?? '')).toEqual([{ video: 'a.mp4', QA: [{ q: 'Who?', a: 'A man.' }] }]);
  });
});
