import { mediaLimitsOf } from '../models/manifest.js';
import { outputOf, outputRows } from '../models/outputRows.js';
import type { VideoFacts } from '../protocol/index.js';
import { planTiles, type TileLayout } from '../video/planTiles.js';
import type { SeeingModel } from './loadedModel.js';

/** Part of the context that tiles of all pictures may fill together: questions, answers and what else is shown need the rest. */
const mostOfContext = 0.5;

/** How a model is shown a picture: in tiles, where its manifest says so and as many as its context has room for. */
export function tileLayout({ manifest, language }: Pick<SeeingModel, 'manifest' | 'language'>, facts: Pick<VideoFacts, 'kind' | 'width' | 'height'>): TileLayout | undefined {
  const { tiles, width } = manifest.preprocess.image;
  if (!tiles || facts.kind !== 'image') {
    return undefined;
  }
  const rows = outputRows(outputOf(manifest.encoder, 'image'), 1) * Math.max(1, mediaLimitsOf(manifest).images);
  const room = Math.floor((language.contextLength * mostOfContext) / rows);
  return planTiles(facts, width, tiles.longestEdge, Math.min(room, manifest.preprocess.maxFrames));
}
