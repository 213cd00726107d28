import { supportedAnswerGrammar } from '../context/supportedAnswerGrammar.js';
import type { AnswerHalf, SamplingOptions } from '../protocol/index.js';
import { canSee, type LanguageRules, type Manifest, type PromptRules, type StopRules } from './manifest.js';

/** What a model's answers can be made from. */
export function halvesOf(manifest: Manifest): AnswerHalf[] {
  const { abilities, timeline } = manifest;
  const sees = canSee(manifest) && abilities.some((ability) => ability !== 'timeline');
  const reads = abilities.includes('timeline');
  // Weights that read timelines alone have never seen the encoder's rows.
  const both = sees && reads && timeline?.language === undefined;
  return [...(sees ? (['embeddings'] as const) : []), ...(reads ? (['timeline'] as const) : []), ...(both ? (['both'] as const) : [])];
}

/** With what a model answers from text alone. */
export interface TextHalf {
  language: LanguageRules;
  /** The weights are others than those that read embeddings. */
  ownWeights: boolean;
  prompt: PromptRules & { contextMessage: string };
  /** The grammar of an answer from a context; undefined: any answer. */
  grammarOf(context: string): string | undefined;
  stop: StopRules;
  sampling: SamplingOptions;
}

/** Shows a timeline to a model that was not trained with a wording of its own. Follows VideoChat-Text's instruction. */
const usualContextMessage = `These are notes that programs took of a video while they looked at its pictures and listened to its sound.
Answer questions as if you had watched the video. Rely mainly on the lines of each second, and correct them by the tags.
Say at which second something happens. Do not invent a plot. Where the notes do not tell, say "The timeline does not show that."

{{ context }}
`;

/** The manifest's `timeline` section, filled up from the rest of the manifest. */
export function textHalfOf(manifest: Manifest): TextHalf {
  const { timeline = {} } = manifest;
  const { template, system, questionMessage } = manifest.prompt;
  const own = timeline.prompt;
  return {
    language: timeline.language ?? manifest.language,
    ownWeights: timeline.language !== undefined,
    prompt: {
      // Another template is another way of talking: nothing of the first belongs in it.
      ...(own?.template === undefined ? { template, system, questionMessage } : { template: own.template }),
      ...(own?.system === undefined ? {} : { system: own.system }),
      ...(own?.questionMessage === undefined ? {} : { questionMessage: own.questionMessage }),
      contextMessage: own?.contextMessage ?? usualContextMessage,
    },
    grammarOf: timeline.answers === 'supported' ? supportedAnswerGrammar : () => undefined,
    stop: timeline.stop ?? manifest.stop,
    sampling: { ...manifest.sampling, ...timeline.sampling },
  };
}
