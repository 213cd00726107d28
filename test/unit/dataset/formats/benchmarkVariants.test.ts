import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { ExportPiece, Format } from '../../../../server/dataset/formats/format.js';
import { fiftyoneFormat } from '../../../../server/dataset/formats/fiftyoneFormat.js';
import { labelStudioFormat } from '../../../../server/dataset/formats/labelStudioFormat.js';
import { lavilaFormat } from '../../../../server/dataset/formats/lavilaFormat.js';
import { vtimellmFormat } from '../../../../server/dataset/formats/vtimellmFormat.js';
import type { AnnotatedSegment } from '../../../../server/protocol/index.js';
import { passThrough, readPieces } from './passThrough.js';

const media = { path: '', fps: 30, duration: 50 };
const golden = (name: string): Buffer => readFileSync(new URL(`../../../golden/dataset/${name}`, import.meta.url));
async function segments(name: string, format: Format): Promise<[clip: string | undefined, ...unknown[]][]> {
  const { pieces, skipped } = await readPieces(format, golden(name), media);
  expect(skipped).toEqual([]);
  return pieces.flatMap(({ clip, items }) =>
    items.flatMap((each): [string | undefined, ...unknown[]][] => (each.list === 'segments' ? [[clip, each.item.start, each.item.end, each.item.caption ?? each.item.label]] : [])),
  );
}

describe('files of benchmarks in further layouts', () => {
  it("VTimeLLM's log: hundredths of the clip are seconds; the end of a caption is exclusive, the same event twice is one", async () => {
    expect(await segments('vtimellm_log.jsonl', vtimellmFormat)).toEqual([
      ['a.mp4', 0, 13, 'A man opens a box.'],
      ['a.mp4', 13, 50, 'He looks inside.'],
      ['a.mp4', 6, 16.5, undefined],
      ['a.mp4', 30.5, 10, undefined],
      ['b.mp4', 0, 20.5, 'a dog runs.'],
      ['b.mp4', 20.5, 50, 'it sleeps 夜.'],
      ['b.mp4', 5, 13, 'It barks.'],
    ]);
  });

  it("EPIC-KITCHENS' table: times of day are seconds, clips are in folders", async () => {
    expect(await segments('lavila_epic100.csv', lavilaFormat)).toEqual([
      ['P01/P01_01.mp4', 0.14, 3.37, 'open door'],
      ['P01/P01_01.mp4', 4.37, 6.17, 'take "the" cup, plate'],
      ['P04/P04_101.mp4', 3723.456, 1, ''],
    ]);
  });

  it("CharadesEgo's table: the actions of a clip", async () => {
    expect(await segments('lavila_charades_ego.csv', lavilaFormat)).toEqual([
      ['A1B2CEGO.mp4', 0, 5.2, 'c141'],
      ['A1B2CEGO.mp4', 3.1, 30.96, 'c020'],
    ]);
  });

  it("Label Studio's JSON_MIN: frames from 1, both included; sound in seconds", async () => {
    expect(await segments('label_studio_min.json', labelStudioFormat)).toEqual([
      ['a.mp4', 0, 1, 'run'],
      ['a.mp4', 2, 1.333333, 'jump'],
      ['b.mp4', 0.25, 1.5, 'talk'],
    ]);
  });

  it("FiftyOne's labels: numbers of classes are their names", async () => {
    expect(await segments('fiftyone_labels.json', fiftyoneFormat)).toEqual([
      ['a.mp4', 0, 1, 'run'],
      ['a.mp4', 1.966667, 1.333333, '夜'],
      ['b.mp4', 0.5, 1.25, 'sleep'],
      ['b.mp4', 0.133333, 0.166667, undefined],
      ['b.mp4', 2, 3, 'jump'],
    ]);
  });
});

describe('an edited segment of one of them', () => {
  const first = (change: Partial<AnnotatedSegment>, added?: Partial<AnnotatedSegment>) => (pieces: ExportPiece[]): ExportPiece[] => {
    const [piece] = pieces;
    const item = piece?.items[0];
    if (item?.list === 'segments') {
      Object.assign(item.item, change);
    }
    if (added) {
      piece?.items.push({ list: 'segments', item: { id: 'new', start: 1, end: 2, ...added } });
    }
    return pieces;
  };
  const cases: [name: string, format: Format, edit: ReturnType<typeof first>, wanted: RegExp][] = [
    ['vtimellm_log.jsonl', vtimellmFormat, first({ start: 5, caption: 'A box is opened.' }), /\[\{\\"event\\": \\"A box is opened.\\", \\"timestamps\\": \\"from 10 to 25\\"\}, \{\\"event\\": \\"He looks inside.\\", \\"timestamps\\": \\"from 26 to 99\\"\}\]"/],
    ['lavila_epic100.csv', lavilaFormat, first({ start: 61.5, caption: 'close door' }), /^P01_01_0,P01,P01_01,00:00:01\.089,00:01:01\.50,00:00:03\.37,8,202,close door,open,3,door/m],
    ['lavila_charades_ego.csv', lavilaFormat, first({ label: 'c007' }, { label: 'c100' }), /,c007 0\.0 5\.2;c020 3\.1 30\.96;c100 1\.0 2\.0,31\.25,Yes/],
    ['label_studio_min.json', labelStudioFormat, first({ start: 0.5, label: 'walk' }, { label: 'stop' }), /\{"ranges": \[\{"start": 16, "end": 30\}\], "timelinelabels": \["walk"\]\}, .*\{"ranges": \[\{"start": 31, "end": 60\}\], "timelinelabels": \["stop"\]\}\], "mood": "calm"/],
    ['fiftyone_labels.json', fiftyoneFormat, first({ start: 0.5, label: 'jump' }, { label: '夜' }), /"a": \[\{"label": 1, "support": \[16, 30\], "confidence": 0\.75, "attributes": \{"by": "Ann"\}\}, \{"label": 2, "support": \[60, 40\]\}, \{"label": 2, "support": \[31, 60\]\}\]/],
  ];
  it.each(cases)('%s comes out with the edit alone', async (name, format, edit, wanted) => {
    const { files } = await passThrough(format, golden(name), edit, media);
    expect(files.get('')).toMatch(wanted);
  });
});
