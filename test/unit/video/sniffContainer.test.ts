import { describe, expect, it } from 'vitest';
import { displayTransform, parseDisplayMatrix, rotationMatrix } from '../../../server/video/displayTransform.js';
import { containerOf } from '../../../server/video/sniffContainer.js';

const bytes = (text: string): Buffer => Buffer.concat([Buffer.from(text, 'latin1'), Buffer.alloc(64)]);

describe('containerOf', () => {
  it.each([
    ['\0\0\0\x20ftypisom', 'mov'], ['\0\0\0\x08wide', 'mov'], ['\x1a\x45\xdf\xa3', 'matroska'], ['RIFF\0\0\0\0AVI LIST', 'avi'],
    ['RIFF\0\0\0\0WEBPVP8 ', 'webp_pipe'], ['\x89PNG\r\n\x1a\n', 'png_pipe'], ['\xff\xd8\xff\xe0', 'jpeg_pipe'], ['GIF89a', 'gif'],
    ['FLV\x01', 'flv'], ['OggS', 'ogg'], ['\0\0\x01\xba', 'mpeg'],
  ])('knows %j', (head, demuxer) => {
    expect(containerOf(bytes(head))?.demuxer).toBe(demuxer);
  });

  it('knows a transport stream by its repeated sync byte', () => {
    const stream = Buffer.alloc(188 * 8);
    for (let i = 0; i < stream.length; i += 188) stream[i] = 0x47;
    expect(containerOf(stream)?.demuxer).toBe('mpegts');
    expect(containerOf(stream.subarray(60))?.demuxer).toBe('mpegts');
    expect(containerOf(Buffer.from('G'.repeat(4)))).toBeUndefined();
  });

  it.each(['', 'M', '#EXTM3U\n', 'ffconcat version 1.0', 'v=0\r\no=- 0 0 IN IP4', '<?xml version="1.0"?><MPD', 'RIFF\0\0\0\0WAVE', 'BM not a bitmap at all, only text', '{"a":1}'])(
    'does not open %j',
    (head) => {
      expect(containerOf(bytes(head))).toBeUndefined();
      expect(containerOf(Buffer.from(head, 'latin1'))).toBeUndefined();
    },
  );
});

describe('displayTransform', () => {
  it('turns by right angles', () => {
    expect([0, 90, 180, 270, 360].map((angle) => displayTransform(rotationMatrix(angle)))).toEqual([
      { rotationDegrees: 0, filters: [] },
      { rotationDegrees: 90, filters: ['transpose=clock'] },
      { rotationDegrees: 180, filters: ['hflip', 'vflip'] },
      { rotationDegrees: 270, filters: ['transpose=cclock'] },
      { rotationDegrees: 0, filters: [] },
    ]);
    expect(displayTransform(rotationMatrix(30))).toEqual({ rotationDegrees: 0, filters: [] });
  });

  it('mirrors', () => {
    expect(displayTransform([-65536, 0, 0, 0, 65536]).filters).toEqual(['hflip']);
    expect(displayTransform([65536, 0, 0, 0, -65536]).filters).toEqual(['vflip']);
    expect(displayTransform([0, 65536, 0, 65536, 0]).filters).toEqual(['transpose=cclock_flip']);
    expect(displayTransform([0, -65536, 0, -65536, 0]).filters).toEqual(['transpose=clock_flip']);
  });

  it('reads what ffprobe prints', () => {
    const text = '\n00000000:            0       65536           0\n00000001:       -65536           0           0\n00000002:            0           0  1073741824\n';
    expect(parseDisplayMatrix(text)).toEqual(rotationMatrix(90));
    expect(parseDisplayMatrix('nonsense')).toBeUndefined();
  });
});
