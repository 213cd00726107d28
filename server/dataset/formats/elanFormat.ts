import { roundTime } from '../../protocol/index.js';
import { documentOfPlain, plainDocument } from '../xml/plainXml.js';
import { attributeOf, elementsOf, type XmlElement } from '../xml/xmlNode.js';
import { writeXml } from '../xml/writeXml.js';
import { type ClipFile, clipFileFormat, type ClipFileParts } from './clipFileFormat.js';
import { ElanDocument } from './elanDocument.js';
import { emptyElan } from './emptyElan.js';
import { EntryMismatch } from './formatError.js';
import type { PieceItem, SourceFile } from './format.js';
import type { NamedClip } from './entryCodec.js';
import { xmlOfFile } from './xmlOfFile.js';

/** ELAN's EAF documents: a file for each clip. */
export const elanFormat = clipFileFormat({
  name: 'elan',
  extensions: ['.eaf'],
  keeps: {
    segments: ['track', 'caption', 'label'],
    unedited: 'equal XML',
    note: 'Tracks are tiers; a value is the caption, in tiers with a controlled vocabulary the label. Times are milliseconds. Annotations that refer to others are kept, and go with them.',
  },
  read: readElan,
  write: writeElan,
});

async function readElan(file: SourceFile): Promise<ClipFile> {
  const document = await xmlOfFile(file);
  if (document.root.name !== 'ANNOTATION_DOCUMENT') {
    throw new EntryMismatch('<ANNOTATION_DOCUMENT>');
  }
  const elan = new ElanDocument(document.root);
  const items = elan.aligned.flatMap(({ tier, annotation, start, end }, index): PieceItem[] => {
    const value = elan.valueOf(annotation);
    return start === undefined || end === undefined
      ? []
      : [{ list: 'segments', item: { start, end, track: tier, ...(elan.hasVocabulary(tier) ? { label: value } : { caption: value }) }, rest: index }];
  });
  const clip = clipOf(document.root, file.name);
  return { items, rest: plainDocument(document), ...(clip && { clip }) };
}

/** The first media file, by its place beside the document. */
function clipOf(root: XmlElement, fileName: string): NamedClip | undefined {
  const media = elementsOf(root, 'HEADER').flatMap((header) => elementsOf(header, 'MEDIA_DESCRIPTOR'));
  const descriptor = media.find((each) => attributeOf(each, 'MIME_TYPE')?.startsWith('video/')) ?? media[0];
  const relative = descriptor && attributeOf(descriptor, 'RELATIVE_MEDIA_URL');
  const absolute = descriptor && attributeOf(descriptor, 'MEDIA_URL');
  const name = decoded((relative || absolute) ?? '').replace(/^file:/, '').replaceAll('\\', '/');
  if (name === '') {
    return undefined;
  }
  const folder = fileName.slice(0, fileName.lastIndexOf('/') + 1);
  const beside = relative && !/^\/|^[A-Za-z]:|(?:^|\/)\.\.(?:\/|$)/.test(name) ? name.replace(/^(?:\.\/)+/, '') : name.slice(name.lastIndexOf('/') + 1);
  return { name: `${folder}${beside}`, kind: 'path' };
}

function decoded(address: string): string {
  try {
    return decodeURIComponent(address);
  } catch {
    return address;
  }
}

function writeElan({ rest, items, clip, lost }: ClipFileParts): string | undefined {
  const segments = items.filter((each) => each.list === 'segments');
  const told = rest === undefined ? undefined : documentOfPlain(rest);
  if (!told && segments.length === 0) {
    return undefined;
  }
  const document = told ?? emptyElan(clip);
  const elan = new ElanDocument(document.root);
  const kept = new Map(told ? segments.filter(({ imported }) => imported).map(({ item, rest: index }) => [index, item]) : []);
  elan.aligned.forEach(({ annotation, tier, start, end }, index) => {
    const item = kept.get(index);
    if (start === undefined || end === undefined) {
      return;
    }
    if (!item) {
      elan.remove(annotation);
      return;
    }
    if (roundTime(item.start) !== start || roundTime(item.end) !== end) {
      elan.move(annotation, item.start, item.end);
    }
    const value = (elan.hasVocabulary(tier) ? (item.label ?? item.caption) : (item.caption ?? item.label)) ?? '';
    if (value !== elan.valueOf(annotation)) {
      elan.setValue(annotation, tier, value);
    }
    if ((item.track ?? 'main') !== tier) {
      elan.moveToTier(annotation, item.track ?? 'main');
    }
  });
  for (const { item, imported } of segments) {
    if (imported && told) {
      continue;
    }
    const track = item.track ?? 'main';
    const value = elan.hasVocabulary(track) ? (item.label ?? item.caption) : (item.caption ?? item.label);
    if (item.caption !== undefined && item.label !== undefined && item.caption !== item.label) {
      lost('captions or labels of segments that have both');
    }
    elan.add(track, item.start, item.end, value ?? '');
  }
  elan.finish();
  return writeXml(document);
}

