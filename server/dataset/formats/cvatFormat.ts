import { type AnnotatedMedia, phrase } from '../../protocol/index.js';
import type { Json } from '../json/json.js';
import { fromPlain, toPlain } from '../json/plainJson.js';
import { documentOfPlain, plainDocument } from '../xml/plainXml.js';
import { attributeOf, elementsOf, isElement, setAttribute, type XmlDocument, xmlElement, type XmlElement, xmlText } from '../xml/xmlNode.js';
import { writeXml } from '../xml/writeXml.js';
import { type ClipFile, clipFileFormat, type ClipFileParts } from './clipFileFormat.js';
import { framesOfTrack, newTrack, setFrames } from './cvatTrack.js';
import type { NamedClip } from './entryCodec.js';
import { EntryMismatch } from './formatError.js';
import type { FrameClock } from './frameClock.js';
import { clockHint, type Frames, FrameWriter, timesOfFrames } from './frameWriter.js';
import type { PieceItem, SourceFile } from './format.js';
import { xmlOfFile } from './xmlOfFile.js';

interface CvatRest {
  /** Of {@link clockHint}; left out: no rate is known, and there are no items. */
  fps?: number | { fps: number; uneven: true };
  document: unknown;
}

/** CVAT for video 1.1: a file for each clip. */
export const cvatFormat = clipFileFormat({
  name: 'cvat',
  extensions: ['.xml'],
  keeps: {
    segments: ['label'],
    unedited: 'equal XML',
    note: 'A file for each clip. A track or tag is a segment from its first frame to its last, so the rate of frames has to be known; shapes are cut or prolonged with it. A new segment is a box over the whole picture, or of one pixel where its size is not known.',
  },
  read: readCvat,
  write: writeCvat,
});

async function readCvat(file: SourceFile, clockOf: (clip: NamedClip) => Promise<FrameClock | undefined>): Promise<ClipFile> {
  const document = await xmlOfFile(file);
  if (document.root.name !== 'annotations') {
    throw new EntryMismatch('<annotations>');
  }
  const source = deep(document.root, 'source');
  const folder = file.name.slice(0, file.name.lastIndexOf('/') + 1);
  const clip: NamedClip = source ? { name: `${folder}${xmlText(source).trim()}`, kind: 'path' } : { name: file.name.replace(/\.[^./]+$/, ''), kind: 'id' };
  const tracks = timed(document.root);
  const clock = tracks.length > 0 ? await clockOf(clip) : undefined;
  const rest = { ...(clock && { fps: toPlain(clockHint(clock)) }), document: plainDocument(document) };
  if (!clock) {
    const problem = tracks.length > 0 ? phrase`The frame rate of ${clip.name} is not known, so its tracks have no times. They are kept as they are.` : undefined;
    return { clip, items: [], rest, ...(problem && { problem }) };
  }
  const items = tracks.map(({ element, first, end }, index): PieceItem => {
    const label = attributeOf(element, 'label');
    const { start, end: until, kept } = timesOfFrames({ first, last: end - 1 }, clock);
    return { list: 'segments', item: { start, end: until, ...(label !== undefined && { label }) }, rest: kept === undefined ? index : { index, frames: toPlain(kept) } };
  });
  return { clip, items, rest };
}

/** Tracks and tags that are seen at all, with their frames. */
function timed(root: XmlElement): { element: XmlElement; first: number; end: number }[] {
  return elementsOf(root)
    .filter(({ name }) => name === 'track' || name === 'tag')
    .flatMap((element) => {
      const frames = framesOfTrack(element);
      return frames ? [{ element, ...frames }] : [];
    });
}

async function writeCvat({ rest, items, clip, media, clock, lost }: ClipFileParts): Promise<string | undefined> {
  const segments = items.filter((each) => each.list === 'segments');
  const told = (rest ?? {}) as Partial<CvatRest>;
  const kept = documentOfPlain(told.document);
  const writer = new FrameWriter(told.fps === undefined ? undefined : fromPlain(told.fps), media, clock);
  const fresh = segments.filter(({ imported }) => !imported || !kept);
  const document = kept ?? newDocument(clip, media);
  if (kept && told.fps !== undefined) {
    await edit(document.root, segments.filter(({ imported }) => imported), writer);
  }
  const isTimed = fresh.length > 0 && (await writer.frames(0, 0)) !== undefined;
  const sayable = isTimed ? fresh.filter(({ item }) => item.label !== undefined) : [];
  if (sayable.length < fresh.length) {
    lost(isTimed ? 'segments without label' : 'segments of clips whose frame rate is not known', fresh.length - sayable.length);
  }
  if (!kept && sayable.length === 0) {
    return undefined;
  }
  const size = sizeOf(document.root);
  let id = elementsOf(document.root, 'track').reduce((most, track) => Math.max(most, Number(attributeOf(track, 'id') ?? -1) || 0), -1);
  for (const { item } of sayable) {
    const { first, last } = (await writer.frames(item.start, item.end)) ?? { first: 0, last: 0 };
    id++;
    document.root.children.push(newTrack(id, item.label ?? '', { first, end: last + 1 }, size));
  }
  return writeXml(document);
}

type Segment = Extract<PieceItem, { list: 'segments' }>;

async function edit(root: XmlElement, segments: readonly Segment[], writer: FrameWriter): Promise<void> {
  const kept = new Map(segments.map(({ item, rest }) => [indexOf(rest), { item, frames: framesOf(rest) }]));
  const gone = new Set<unknown>();
  for (const [index, { element, first, end }] of timed(root).entries()) {
    const found = kept.get(index);
    if (!found) {
      gone.add(element);
      continue;
    }
    const { item } = found;
    if (item.label !== undefined && item.label !== attributeOf(element, 'label')) {
      setAttribute(element, 'label', item.label);
    }
    const frames: Frames | undefined = await writer.frames(item.start, item.end, found.frames);
    if (frames && (frames.first !== first || frames.last + 1 !== end)) {
      setFrames(element, { first: frames.first, end: frames.last + 1 });
    }
  }
  root.children = root.children.filter((node) => !gone.has(node));
}

/** A segment remembers which track it was, and its frames where the rate does not lead to them. */
function indexOf(rest: unknown): unknown {
  return typeof rest === 'object' && rest !== null && 'index' in rest ? rest.index : rest;
}

function framesOf(rest: unknown): Json | undefined {
  return typeof rest === 'object' && rest !== null && 'frames' in rest ? fromPlain(rest.frames) : undefined;
}

function newDocument(clip: string, media: AnnotatedMedia | undefined): XmlDocument {
  const name = clip.slice(clip.lastIndexOf('/') + 1);
  const size = media?.frameCount === undefined ? [] : [xmlElement('size', {}, [String(media.frameCount)])];
  const task = xmlElement('task', {}, [xmlElement('name', {}, [name]), ...size, xmlElement('mode', {}, ['interpolation']), xmlElement('source', {}, [name])]);
  return {
    declaration: [['version', '1.0'], ['encoding', 'utf-8']],
    before: [],
    root: xmlElement('annotations', {}, [xmlElement('version', {}, ['1.1']), xmlElement('meta', {}, [task])]),
    after: [],
  };
}

function sizeOf(root: XmlElement): { width: number; height: number } {
  const size = deep(root, 'original_size');
  const [width, height] = ['width', 'height'].map((name) => Number(xmlText(size && elementsOf(size, name)[0])));
  return width && height && width > 0 && height > 0 ? { width, height } : { width: 1, height: 1 };
}

/** The first element of a name below `meta`. */
function deep(root: XmlElement, name: string): XmlElement | undefined {
  const look = (element: XmlElement): XmlElement | undefined => {
    for (const child of element.children.filter(isElement)) {
      const found = child.name === name ? child : look(child);
      if (found) {
        return found;
      }
    }
    return undefined;
  };
  const meta = elementsOf(root, 'meta')[0];
  return meta && look(meta);
}
