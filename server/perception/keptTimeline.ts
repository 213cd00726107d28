import { timelineTracks } from '../protocol/index.js';
import type { ProbedVideo } from '../video/probeVideo.js';
import { frameSeconds } from '../video/probeVideo.js';
import { collectEvents, type SeenClip, visualTracks, type VisualTrack } from './collectEvents.js';
import type { FoundEvent } from './events/makeEvent.js';
import { modelsOf } from './modelHashes.js';
import { sightKinds } from './observations.js';
import type { PerceptionModelFacts } from './perception.js';
import type { ClipObservations } from './store/clipObservations.js';

/** Events that follow from what was seen in a clip before. Nothing is decoded, so what nobody has looked at is missing. */
export function keptEvents(video: ProbedVideo, clip: ClipObservations, cuts: readonly number[], models: readonly PerceptionModelFacts[]): FoundEvent[] {
  const { facts } = video;
  const frames = clip.known
    .filter((frame) => frame < facts.frameCount)
    .sort((a, b) => a - b)
    .flatMap((frame) => {
      const kept = clip.find(frame);
      return kept ? [{ ...kept, seconds: frameSeconds(video, frame) }] : [];
    });
  // Kinds that these models were never asked for in this clip tell nothing.
  const asked = sightKinds.filter((kind) => frames.some((frame) => frame.models[kind] !== undefined));
  const seen: SeenClip = {
    frames,
    cuts,
    range: { startSeconds: 0, endSeconds: facts.durationSeconds },
    aspect: facts.width / facts.height,
    sources: Object.fromEntries(asked.map((kind) => [kind, modelsOf(models, kind)[0]?.id ?? ''])),
  };
  const tracks = (Object.keys(visualTracks) as VisualTrack[]).filter((track) => track !== 'motion' || facts.kind === 'video');
  const usable = tracks.filter((track) => track === 'motion' || visualTracks[track].some((kind) => kind in seen.sources));
  return frames.length === 0 ? [] : usable.flatMap((track) => collectEvents(track, seen)).sort((a, b) => a.startSeconds - b.startSeconds || timelineTracks.indexOf(a.track) - timelineTracks.indexOf(b.track));
}
