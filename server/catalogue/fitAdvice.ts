import { type CatalogueFit, type CatalogueMachine, type Phrase, phrase } from '../protocol/index.js';
import type { CatalogueChoice, CatalogueRecord } from './catalogueSchema.js';

/** What a program needs besides weights and the cache of a conversation. */
const programBytes = 300_000_000;
const perWeightByte = 1.05;
/** Of a card's memory, and of main memory: the rest is for others. */
const cardShare = 0.92;
const easyShare = 0.6;
const tightShare = 0.85;

/** Bytes of all files; undefined where one is not known. */
export function choiceBytes({ files }: CatalogueChoice): number | undefined {
  const sizes = files.map(({ bytes }) => bytes);
  return sizes.length > 0 && sizes.every((bytes) => bytes !== undefined) ? sizes.reduce((sum, bytes) => sum + bytes, 0) : undefined;
}

/**
 * What a choice takes while it runs, about, before it is here: measured by somebody, or weights and keys and values of a whole
 * conversation. Its own files say it better: `installedFacts`.
 */
export function memoryNeed({ shape }: CatalogueRecord, choice: CatalogueChoice): number | undefined {
  if (choice.memory) {
    return choice.memory.bytes;
  }
  const weights = choiceBytes(choice);
  if (weights === undefined) {
    return undefined;
  }
  // Two of them, in halves of four bytes.
  const conversation = shape ? 2 * 2 * shape.layers * shape.keyValueHeads * shape.headSize * shape.contextLength : 0;
  return loadedBytes(weights, conversation);
}

/** What weights take while they run, with a conversation of so many bytes. */
export function loadedBytes(weights: number, conversation: number): number {
  return Math.round(weights * perWeightByte + conversation + programBytes);
}

export interface Advice {
  fit: CatalogueFit;
  advice: Phrase;
}

/** Whether something that takes so much memory would run on a machine. */
export function adviseFit(need: number | undefined, { memoryBytes, gpu }: Pick<CatalogueMachine, 'memoryBytes' | 'gpu'>): Advice {
  if (need === undefined) {
    return { fit: 'unknown', advice: phrase`How much memory it takes is not known.` };
  }
  const [wanted, here] = [gigabytes(need), gigabytes(memoryBytes)];
  if (gpu && need <= gpu.memoryBytes * cardShare) {
    return { fit: 'gpu', advice: phrase`It takes about ${wanted} GB and fits into the ${gigabytes(gpu.memoryBytes)} GB of the graphics card (${gpu.name}).` };
  }
  if (need <= memoryBytes * easyShare) {
    return { fit: 'cpu', advice: phrase`It takes about ${wanted} GB of the ${here} GB of memory; the processor computes.` };
  }
  return need <= memoryBytes * tightShare
    ? { fit: 'tight', advice: phrase`It takes about ${wanted} GB of the ${here} GB of memory: close other programs first.` }
    : { fit: 'tooLarge', advice: phrase`It takes about ${wanted} GB, but there are only ${here} GB of memory.` };
}

/** The variant for a machine: the best that fits, else the smallest. */
export function suggestVariant(variants: readonly { id: string; fit: CatalogueFit; memoryBytes?: number }[]): string {
  const fitting = (...fits: CatalogueFit[]): string | undefined => variants.find(({ fit }) => fits.includes(fit))?.id;
  const smallest = [...variants].sort((a, b) => (a.memoryBytes ?? Infinity) - (b.memoryBytes ?? Infinity))[0];
  return fitting('gpu', 'cpu') ?? fitting('tight', 'unknown') ?? smallest?.id ?? '';
}

/** One decimal. */
function gigabytes(bytes: number): number {
  return Math.round(bytes / 1e8) / 10;
}
