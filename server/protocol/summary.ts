import type { ChatProgress } from './chat.js';
import { clientRequest } from './descriptor.js';
import type { Streaming } from './progress.js';
import type { FramePlan, Segment, VideoFacts } from './video.js';

export interface SummaryCreateParams extends Streaming {
  videoId: string;
  modelId: string;
  /** Frame plan instead of the model's own. */
  plan?: string;
}

export interface Summary {
  facts: VideoFacts;
  /** What the model says of the whole clip, Markdown. */
  text: string;
  /** Times the text speaks of, in the order of the text, as far as they lie in the clip. An instant lasts a second. */
  moments: { text: string; segment: Segment }[];
  plan: FramePlan;
  model: { id: string; name: string; demonstration: boolean };
  totalMs: number;
}

/** Says what happens in a clip. What it can say depends on the model; progress as with `chat/send`. */
export const SummaryCreateRequest = clientRequest<SummaryCreateParams, Summary, ChatProgress>('summary/create');
