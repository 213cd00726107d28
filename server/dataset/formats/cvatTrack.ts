import { attributeOf, elementsOf, isElement, setAttribute, xmlElement, type XmlElement } from '../xml/xmlNode.js';

/** Frames in which a track or tag is seen, from 0; the end is exclusive. */
export interface TrackFrames {
  first: number;
  end: number;
}

/** Undefined: never seen, or without frame numbers. */
export function framesOfTrack(element: XmlElement): TrackFrames | undefined {
  if (element.name === 'tag') {
    const frame = frameOf(element);
    return frame === undefined ? undefined : { first: frame, end: frame + 1 };
  }
  const shapes = shapesOf(element);
  const seen = shapes.filter(({ shape }) => !isOutside(shape)).map(({ frame }) => frame);
  if (seen.length === 0) {
    return undefined;
  }
  const last = seen.reduce((a, b) => Math.max(a, b));
  const gone = shapes.filter(({ frame, shape }) => frame > last && isOutside(shape)).map(({ frame }) => frame);
  return { first: seen.reduce((a, b) => Math.min(a, b)), end: gone.length > 0 ? gone.reduce((a, b) => Math.min(a, b)) : last + 1 };
}

/** Cuts a track's shapes, or prolongs the first and the last one. A tag moves to its first frame. */
export function setFrames(element: XmlElement, { first, end }: TrackFrames): void {
  if (element.name === 'tag') {
    setAttribute(element, 'frame', String(first));
    return;
  }
  const shapes = shapesOf(element).sort((a, b) => a.frame - b.frame);
  const seen = shapes.filter(({ shape }) => !isOutside(shape));
  const before = seen.findLast(({ frame }) => frame <= first) ?? seen[0];
  const last = seen.findLast(({ frame }) => frame < end) ?? seen[0];
  if (!before || !last) {
    return;
  }
  const [from = 0, to = 0] = [seen[0]?.frame, seen.at(-1)?.frame];
  const between = shapes.filter(({ frame, shape }) => frame > first && frame < end && !(isOutside(shape) && (frame < from || frame > to))).map(({ shape }) => shape);
  const others = element.children.filter((node) => !isElement(node) || frameOf(node) === undefined);
  element.children = [...others, at(before.shape, first, '0'), ...between, at(last.shape, end, '1')];
}

/** A track that is a rectangle all the while: CVAT knows no other span of time. */
export function newTrack(id: number, label: string, { first, end }: TrackFrames, size: { width: number; height: number }): XmlElement {
  const box = xmlElement('box', {
    frame: String(first),
    keyframe: '1',
    outside: '0',
    occluded: '0',
    xtl: '0.00',
    ytl: '0.00',
    xbr: size.width.toFixed(2),
    ybr: size.height.toFixed(2),
    z_order: '0',
  });
  return xmlElement('track', { id: String(id), label, source: 'manual' }, [box, at(box, end, '1')]);
}

function at(shape: XmlElement, frame: number, outside: string): XmlElement {
  const copy: XmlElement = { ...shape, attributes: shape.attributes.map(([name, value]) => [name, value]) };
  setAttribute(copy, 'frame', String(frame));
  setAttribute(copy, 'outside', outside);
  setAttribute(copy, 'keyframe', '1');
  return copy;
}

function shapesOf(track: XmlElement): { frame: number; shape: XmlElement }[] {
  return elementsOf(track).flatMap((shape) => {
    const frame = frameOf(shape);
    return frame === undefined ? [] : [{ frame, shape }];
  });
}

function frameOf(element: XmlElement): number | undefined {
  const text = attributeOf(element, 'frame');
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

function isOutside(shape: XmlElement): boolean {
  return attributeOf(shape, 'outside') === '1';
}
