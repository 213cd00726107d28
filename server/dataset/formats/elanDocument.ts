import { roundTime } from '../../protocol/index.js';
import { attributeOf, elementsOf, isElement, setAttribute, xmlElement, type XmlElement, xmlText } from '../xml/xmlNode.js';

/** An annotation that has times of its own. They are undefined where its slots have none, or are not there. */
export interface AlignedAnnotation {
  tier: string;
  annotation: XmlElement;
  start: number | undefined;
  end: number | undefined;
}

/** An EAF document's tree, and how to change it as ELAN would. */
export class ElanDocument {
  readonly aligned: AlignedAnnotation[];
  private readonly slots: ReadonlyMap<string, XmlElement>;
  private readonly vocabularies: ReadonlyMap<string, string>;
  private readonly addedSlots: { ms: number; element: XmlElement }[] = [];
  private readonly removed = new Set<XmlElement>();
  private lastSlot: number;
  private lastAnnotation: number;

  constructor(private readonly root: XmlElement) {
    const slots = this.slotElements();
    this.slots = new Map(slots.map((slot) => [attributeOf(slot, 'TIME_SLOT_ID') ?? '', slot]));
    this.vocabularies = vocabularies(root);
    const annotations = this.tiers().flatMap((tier) => annotationsOf(tier).map((annotation) => ({ tier: attributeOf(tier, 'TIER_ID') ?? '', annotation })));
    this.aligned = annotations.flatMap(({ tier, annotation }) =>
      annotation.name === 'ALIGNABLE_ANNOTATION'
        ? [{ tier, annotation, start: this.seconds(annotation, 'TIME_SLOT_REF1'), end: this.seconds(annotation, 'TIME_SLOT_REF2') }]
        : [],
    );
    this.lastSlot = highest(slots.map((slot) => attributeOf(slot, 'TIME_SLOT_ID')));
    this.lastAnnotation = highest(annotations.map(({ annotation }) => attributeOf(annotation, 'ANNOTATION_ID')));
  }

  valueOf(annotation: XmlElement): string {
    return xmlText(elementsOf(annotation, 'ANNOTATION_VALUE')[0]);
  }

  hasVocabulary(tier: string): boolean {
    return this.vocabularies.has(tier);
  }

  setValue(annotation: XmlElement, tier: string, value: string): void {
    const children = value === '' ? [] : [value];
    const found = elementsOf(annotation, 'ANNOTATION_VALUE')[0];
    if (found) {
      found.children = children;
    } else {
      annotation.children.push(xmlElement('ANNOTATION_VALUE', {}, children));
    }
    this.setEntry(annotation, tier, value);
  }

  move(annotation: XmlElement, start: number, end: number): void {
    setAttribute(annotation, 'TIME_SLOT_REF1', this.slot(start));
    setAttribute(annotation, 'TIME_SLOT_REF2', this.slot(end));
  }

  moveToTier(annotation: XmlElement, tier: string): void {
    const holder = this.holderOf(annotation);
    if (holder) {
      holder.parent.children = holder.parent.children.filter((node) => node !== holder.wrapper);
      this.tier(tier).children.push(holder.wrapper);
    }
  }

  add(tier: string, start: number, end: number, value: string): void {
    this.lastAnnotation++;
    const annotation = xmlElement('ALIGNABLE_ANNOTATION', { ANNOTATION_ID: `a${this.lastAnnotation}` });
    this.move(annotation, start, end);
    this.tier(tier).children.push(xmlElement('ANNOTATION', {}, [annotation]));
    this.setValue(annotation, tier, value);
  }

  remove(annotation: XmlElement): void {
    this.removed.add(annotation);
  }

  /** Puts new times in their places, and takes away what was removed with all that refers to it. */
  finish(): void {
    this.finishRemoval();
    if (this.addedSlots.length === 0) {
      return;
    }
    const timeOrder = this.timeOrder();
    for (const { ms, element } of this.addedSlots) {
      const behind = timeOrder.children.findLastIndex((node) => isElement(node) && Number(attributeOf(node, 'TIME_VALUE') ?? NaN) <= ms);
      timeOrder.children.splice(behind + 1, 0, element);
    }
    for (const property of elementsOf(this.root, 'HEADER').flatMap((header) => elementsOf(header, 'PROPERTY'))) {
      if (attributeOf(property, 'NAME') === 'lastUsedAnnotationId' && Number(xmlText(property)) < this.lastAnnotation) {
        property.children = [String(this.lastAnnotation)];
      }
    }
  }

  private finishRemoval(): void {
    const gone = new Set([...this.removed].map((each) => attributeOf(each, 'ANNOTATION_ID')));
    for (let before = -1; gone.size > before && this.removed.size > 0; ) {
      before = gone.size;
      for (const tier of this.tiers()) {
        tier.children = tier.children.filter((node) => {
          const annotation = isElement(node) && node.name === 'ANNOTATION' ? elementsOf(node)[0] : undefined;
          const refersTo = annotation && attributeOf(annotation, 'ANNOTATION_REF');
          const isGone = annotation && (this.removed.has(annotation) || (refersTo !== undefined && gone.has(refersTo)));
          if (isGone) {
            gone.add(attributeOf(annotation, 'ANNOTATION_ID'));
          }
          return !isGone;
        });
      }
    }
  }

  private seconds(annotation: XmlElement, reference: string): number | undefined {
    const slot = this.slots.get(attributeOf(annotation, reference) ?? '');
    const value = slot && attributeOf(slot, 'TIME_VALUE');
    return value !== undefined && /^-?\d+$/.test(value) ? roundTime(Number(value) / 1000) : undefined;
  }

  private slot(seconds: number): string {
    const ms = Math.max(0, Math.round(seconds * 1000));
    this.lastSlot++;
    const id = `ts${this.lastSlot}`;
    this.addedSlots.push({ ms, element: xmlElement('TIME_SLOT', { TIME_SLOT_ID: id, TIME_VALUE: String(ms) }) });
    return id;
  }

  private slotElements(): XmlElement[] {
    return elementsOf(this.root, 'TIME_ORDER').flatMap((each) => elementsOf(each, 'TIME_SLOT'));
  }

  private timeOrder(): XmlElement {
    const found = elementsOf(this.root, 'TIME_ORDER')[0];
    const made = found ?? xmlElement('TIME_ORDER', {});
    if (!found) {
      this.root.children.splice(this.root.children.findIndex((node) => isElement(node) && node.name === 'HEADER') + 1, 0, made);
    }
    return made;
  }

  private tiers(): XmlElement[] {
    return elementsOf(this.root, 'TIER');
  }

  /** A tier, which is made if there is none. */
  private tier(id: string): XmlElement {
    const found = this.tiers().find((each) => attributeOf(each, 'TIER_ID') === id);
    if (found) {
      return found;
    }
    const made = xmlElement('TIER', { LINGUISTIC_TYPE_REF: this.freeType(), TIER_ID: id });
    const { children } = this.root;
    const behind = children.findLastIndex((node) => isElement(node) && ['TIER', 'TIME_ORDER', 'HEADER'].includes(node.name));
    children.splice(behind + 1, 0, made);
    return made;
  }

  /** A type for tiers that have times and no parent. */
  private freeType(): string {
    const types = elementsOf(this.root, 'LINGUISTIC_TYPE');
    const free = types.find((type) => attributeOf(type, 'TIME_ALIGNABLE') !== 'false' && attributeOf(type, 'CONSTRAINTS') === undefined && attributeOf(type, 'CONTROLLED_VOCABULARY_REF') === undefined);
    if (free) {
      return attributeOf(free, 'LINGUISTIC_TYPE_ID') ?? '';
    }
    const used = new Set(types.map((type) => attributeOf(type, 'LINGUISTIC_TYPE_ID')));
    const id = ['default-lt', ...types.map((_, i) => `default-lt-${i + 1}`)].find((each) => !used.has(each)) ?? 'default-lt';
    const behind = this.root.children.findLastIndex((node) => isElement(node) && ['LINGUISTIC_TYPE', 'TIER', 'TIME_ORDER', 'HEADER'].includes(node.name));
    this.root.children.splice(behind + 1, 0, xmlElement('LINGUISTIC_TYPE', { GRAPHIC_REFERENCES: 'false', LINGUISTIC_TYPE_ID: id, TIME_ALIGNABLE: 'true' }));
    return id;
  }

  /** The vocabulary's entry of a value; a value that is none has no entry. */
  private setEntry(annotation: XmlElement, tier: string, value: string): void {
    const vocabulary = elementsOf(this.root, 'CONTROLLED_VOCABULARY').find((each) => attributeOf(each, 'CV_ID') === this.vocabularies.get(tier));
    const entry = vocabulary && elementsOf(vocabulary).find((each) => elementsOf(each, 'CVE_VALUE').some((text) => xmlText(text) === value));
    const id = entry && attributeOf(entry, 'CVE_ID');
    if (id !== undefined) {
      setAttribute(annotation, 'CVE_REF', id);
    } else {
      annotation.attributes = annotation.attributes.filter(([name]) => name !== 'CVE_REF');
    }
  }

  private holderOf(annotation: XmlElement): { parent: XmlElement; wrapper: XmlElement } | undefined {
    for (const parent of this.tiers()) {
      const wrapper = elementsOf(parent, 'ANNOTATION').find((each) => each.children.includes(annotation));
      if (wrapper) {
        return { parent, wrapper };
      }
    }
    return undefined;
  }
}

function annotationsOf(tier: XmlElement): XmlElement[] {
  return elementsOf(tier, 'ANNOTATION').flatMap((each) => elementsOf(each).slice(0, 1));
}

/** Tier → its controlled vocabulary. */
function vocabularies(root: XmlElement): ReadonlyMap<string, string> {
  const ofType = new Map(elementsOf(root, 'LINGUISTIC_TYPE').map((type) => [attributeOf(type, 'LINGUISTIC_TYPE_ID'), attributeOf(type, 'CONTROLLED_VOCABULARY_REF')]));
  return new Map(
    elementsOf(root, 'TIER').flatMap((tier) => {
      const vocabulary = ofType.get(attributeOf(tier, 'LINGUISTIC_TYPE_REF'));
      return vocabulary === undefined ? [] : [[attributeOf(tier, 'TIER_ID') ?? '', vocabulary] as [string, string]];
    }),
  );
}

/** The highest number at the end of ids. */
function highest(ids: readonly (string | undefined)[]): number {
  return ids.reduce((most, id) => Math.max(most, Number(/^[a-z]+(\d{1,12})$/.exec(id ?? '')?.[1] ?? 0)), 0);
}
