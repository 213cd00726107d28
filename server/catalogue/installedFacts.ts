import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ggufShape, type GgufShape } from '../language/ggufShape.js';
import type { LanguageRules, Manifest } from '../models/manifest.js';
import { languageFiles, requiredFiles } from '../models/modelFiles.js';
import { type CatalogueMachine, type ModelFacts, type Phrase, VideoChatError } from '../protocol/index.js';
import type { Translate } from '../common/translator.js';
import { adviseFit, loadedBytes } from './fitAdvice.js';

/** Read once, as long as a file stays as it is: vocabularies take time. */
const known = new Map<string, { bytes: number; changed: number; shape: GgufShape }>();
const mostKnown = 100;
/** Bytes of a number in the cache of a conversation. */
const cachedBytes = 2;

export type FoundFacts = { facts: ModelFacts } | { problem: Phrase | string };

/**
 * What a model that is here takes while it runs, as its own files say: weights, and keys and values of whole conversations.
 *
 * @param measured memory that somebody measured, where that is known; what is computed is no less
 * @returns nothing where it has no weights of a language model here
 */
export async function installedFacts(folder: string, manifest: Manifest, machine: CatalogueMachine, translate: Translate, measured = 0): Promise<FoundFacts | undefined> {
  const { language, timeline, backend, files } = manifest;
  const halves = [language, ...(timeline?.language ? [timeline.language] : [])];
  if (backend) {
    return undefined;
  }
  try {
    const shapes = await Promise.all(halves.map((half) => shapeOf(join(folder, files[weightsOf(half)]?.path ?? ''))));
    const [main] = shapes;
    if (!main) {
      return undefined;
    }
    const keys = new Set([...requiredFiles(manifest), ...halves.flatMap((half) => languageFiles(half))]);
    const weights = [...keys].reduce((sum, key) => sum + (files[key]?.bytes ?? 0), 0);
    const cacheBytes = shapes.reduce((sum, { cachedPerToken }, i) => sum + cachedBytes * cachedPerToken * (halves[i]?.contextLength ?? 0), 0);
    const memoryBytes = Math.max(measured, loadedBytes(weights, cacheBytes));
    const { fit, advice } = adviseFit(memoryBytes, machine);
    const { cachedPerToken: _, ...shape } = main;
    return { facts: { ...shape, contextLength: language.contextLength, cacheBytes, memoryBytes, fit, advice: translate(advice) } };
  } catch (error) {
    if (error instanceof VideoChatError) {
      return { problem: error.phrases.message };
    }
    throw error;
  }
}

function weightsOf({ variants, default: usual }: LanguageRules): string {
  return variants[usual] ?? '';
}

async function shapeOf(path: string): Promise<GgufShape> {
  const facts = await stat(path).catch(() => undefined);
  const kept = known.get(path);
  if (facts && kept?.bytes === facts.size && kept.changed === facts.mtimeMs) {
    return kept.shape;
  }
  const shape = await ggufShape(path);
  if (facts) {
    known.delete(path);
    known.set(path, { bytes: facts.size, changed: facts.mtimeMs, shape });
    [...known.keys()].slice(0, Math.max(0, known.size - mostKnown)).forEach((oldest) => known.delete(oldest));
  }
  return shape;
}
