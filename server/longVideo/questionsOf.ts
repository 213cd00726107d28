import type { Manifest } from '../models/manifest.js';
import type { SummarySource, VideoFacts } from '../protocol/index.js';
import { captionQuestion, descriptionQuestion } from '../skills/suggest/prompts.js';
import { longVideoPrompts } from './prompts.js';

/** What a half of a model is asked about a clip or a part of it. */
export interface ReaderQuestions {
  summary: string;
  /** Of a window, in a sentence. */
  caption: string;
  /** Of a part, all that happens. */
  detail: string;
  /** Undefined for a demonstration that has not been taught any: it understands no other questions. */
  title: string | undefined;
  /** That the half can answer, where it does not write its own. */
  questions: readonly string[] | undefined;
}

/** Taught to whoever reads timelines and nothing else. */
const timelineQuestions = ['What objects appear and when?', 'What does the text say?', 'Is anyone speaking?', 'Summarise the video.'];

/** In the manifest's words, where it has some. */
export function questionsOf(manifest: Manifest, facts: VideoFacts, half: SummarySource): ReaderQuestions {
  const { prompts = {}, demonstration } = manifest;
  const title = prompts.title ?? (demonstration ? undefined : longVideoPrompts.title);
  if (half !== 'timeline') {
    const caption = captionQuestion(manifest);
    return { summary: descriptionQuestion(manifest, facts), caption, detail: caption, title, questions: prompts.questions };
  }
  const own = manifest.timeline?.prompts ?? {};
  return {
    summary: own.summary ?? descriptionQuestion(manifest, facts),
    caption: own.caption ?? prompts.caption ?? longVideoPrompts.caption,
    detail: own.detail ?? prompts.caption ?? longVideoPrompts.detail,
    title: own.title ?? title,
    questions: own.questions ?? (demonstration ? timelineQuestions : prompts.questions),
  };
}
