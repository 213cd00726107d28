import { type AnnotatedMedia, phrase } from '../../protocol/index.js';
import { documentOfPlain, plainDocument } from '../xml/plainXml.js';
import { attributeOf, elementsOf, isElement, setAttribute, type XmlDocument, xmlElement, type XmlElement, xmlText } from '../xml/xmlNode.js';
import { writeXml } from '../xml/writeXml.js';
import { type ClipFile, clipFileFormat, type ClipFileParts } from './clipFileFormat.js';
import { framesOfTrack, newTrack, setFrames } from './cvatTrack.js';
import type { NamedClip } from './entryCodec.js';
import { EntryMismatch } from './formatError.js';
import { framesBetween, frameRateOf, secondsOfFrame } from './frameClock.js';
import type { PieceItem, SourceFile } from './format.js';
import { xmlOfFile } from './xmlOfFile.js';

interface CvatRest {
  /** Frames per second that times were reckoned with; left out: not known, and there are no items. */
  fps?: number;
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

async function readCvat(file: SourceFile, mediaOf: (clip: NamedClip) => Promise<AnnotatedMedia | undefined>): Promise<ClipFile> {
  const document = await xmlOfFile(file);
  if (document.root.name !== 'annotations') {
    throw new EntryMismatch('<annotations>');
  }
  const source = deep(document.root, 'source');
  const folder = file.name.slice(0, file.name.lastIndexOf('/') + 1);
  const clip: NamedClip = source ? { name: `${folder}${xmlText(source).trim()}`, kind: 'path' } : { name: file.name.replace(/\.[^./]+$/, ''), kind: 'id' };
  const tracks = timed(document.root);
  const fps = tracks.length > 0 ? frameRateOf(await mediaOf(clip)) : undefined;
  const rest: CvatRest = { ...(fps !== undefined && { fps }), document: plainDocument(document) };
  if (fps === undefined) {
    const problem = tracks.length > 0 ? phrase`The frame rate of ${clip.name} is not known, so its tracks have no times. They are kept as they are.` : undefined;
    return { clip, items: [], rest, ...(problem && { problem }) };
  }
  const items = tracks.map(({ element, first, end }, index): PieceItem => {
    const label = attributeOf(element, 'label');
    return { list: 'segments', item: { start: secondsOfFrame(first, fps), end: secondsOfFrame(end, fps), ...(label !== undefined && { label }) }, rest: index };
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

function writeCvat({ rest, items, clip, media, lost }: ClipFileParts): string | undefined {
  const segments = items.filter((each) => each.list === 'segments');
  const told = (rest ?? {}) as Partial<CvatRest>;
  const kept = documentOfPlain(told.document);
  const fps = told.fps ?? frameRateOf(media);
  const fresh = segments.filter(({ imported }) => !imported || !kept);
  const document = kept ?? newDocument(clip, media);
  if (kept && told.fps !== undefined) {
    edit(document.root, new Map(segments.filter(({ imported }) => imported).map(({ item, rest: index }) => [index, item])), told.fps);
  }
  const sayable = fps === undefined ? [] : fresh.filter(({ item }) => item.label !== undefined);
  if (sayable.length < fresh.length) {
    lost(fps === undefined ? 'segments of clips whose frame rate is not known' : 'segments without label', fresh.length - sayable.length);
  }
  if (!kept && sayable.length === 0) {
    return undefined;
  }
  const size = sizeOf(document.root);
  let id = elementsOf(document.root, 'track').reduce((most, track) => Math.max(most, Number(attributeOf(track, 'id') ?? -1) || 0), -1);
  for (const { item } of sayable) {
    const { first, last } = framesBetween(item.start, item.end, fps ?? 1);
    id++;
    document.root.children.push(newTrack(id, item.label ?? '', { first, end: last + 1 }, size));
  }
  return writeXml(document);
}

function edit(root: XmlElement, items: ReadonlyMap<unknown, Extract<PieceItem, { list: 'segments' }>['item']>, fps: number): void {
  const gone = new Set<unknown>();
  timed(root).forEach(({ element, first, end }, index) => {
    const item = items.get(index);
    if (!item) {
      gone.add(element);
      return;
    }
    if (item.label !== undefined && item.label !== attributeOf(element, 'label')) {
      setAttribute(element, 'label', item.label);
    }
    const frames = framesBetween(item.start, item.end, fps);
    if (frames.first !== first || frames.last + 1 !== end) {
      setFrames(element, { first: frames.first, end: frames.last + 1 });
    }
  });
  root.children = root.children.filter((node) => !gone.has(node));
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
