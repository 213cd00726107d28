import type { Ask } from '../searchDatabase.js';
import type { ClipPictures } from './pictureQuestion.js';

export const pictureSchema = `
create table picture(id integer primary key autoincrement, content text not null, model text not null, frames blob not null, seconds blob not null,
  scales blob not null, vectors blob not null);
create index picture_of on picture(model, content);`;

/** Some rows of the table, as far as their number and their ids tell them apart from others. */
export interface PictureMark {
  rows: number;
  last: number;
  sum: number;
}

/** Which rows a model has. */
export function markOf(ask: Ask, model: string): PictureMark {
  const [row] = ask('select count(*) n, coalesce(max(id), 0) last, coalesce(sum(id), 0) total from picture where model = ?', [model]);
  return { rows: Number(row?.['n']), last: Number(row?.['last']), sum: Number(row?.['total']) };
}

export function keepPictures(ask: Ask, { content, model, frames, seconds, scales, data }: ClipPictures): void {
  ask('insert into picture(content, model, frames, seconds, scales, vectors) values(?, ?, ?, ?, ?, ?)', [content, model, ...[frames, seconds, scales, data].map(bytesOf)]);
}

/** Frames of a clip that a model has seen. */
export function framesSeen(ask: Ask, content: string, model: string): number[] {
  return ask('select frames from picture where model = ? and content = ?', [model, content]).flatMap(({ frames }) => [...new Uint32Array(bufferOf(frames))]);
}

/** Rows of a model behind the one with this id, in their order. */
export function picturesAfter(ask: Ask, model: string, id: number): { id: number; pictures: ClipPictures }[] {
  return ask('select * from picture where model = ? and id > ? order by id', [model, id]).map((row) => ({
    id: Number(row['id']),
    pictures: {
      ...{ content: String(row['content']), model },
      ...{ frames: new Uint32Array(bufferOf(row['frames'])), seconds: new Float32Array(bufferOf(row['seconds'])) },
      ...{ scales: new Float32Array(bufferOf(row['scales'])), data: new Int8Array(bufferOf(row['vectors'])) },
    },
  }));
}

/** Forgets what other models have seen: nothing can be compared with it. */
export function dropOthers(ask: Ask, model: string): void {
  ask('delete from picture where model <> ?', [model]);
}

/** Forgets pictures of clips that are not known any more. */
export function dropOrphans(ask: Ask): void {
  ask('delete from picture where content not in (select content from clip where content is not null)', []);
}

function bytesOf(numbers: ArrayBufferView): Uint8Array {
  return new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
}

/** A copy, which begins where numbers of any size may begin. */
function bufferOf(value: unknown): ArrayBuffer {
  return value instanceof Uint8Array ? value.slice().buffer : new ArrayBuffer(0);
}
