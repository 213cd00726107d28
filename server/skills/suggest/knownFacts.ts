import type { AnnotatedSpan } from '../../protocol/index.js';
import { cleanLine } from './cleanAnswer.js';
import type { SuggestRun } from './suggestRun.js';
import { captionWindows } from './tasks/denseCaption.js';

/** What a model is told of a clip, in UTF-16 units: it has to fit into small contexts too. */
const mostCharacters = 3000;

/**
 * What is known of a clip, as text in the order of time: description, tags, captions. Captions that people or models
 * have written are taken where there are any that were not rejected; else the model is asked for them.
 */
export async function knownFacts(run: SuggestRun): Promise<string> {
  const { document, interviewer, stretch } = run;
  const written = run.segments.filter(({ caption = '' }) => caption.trim() !== '');
  const captions: (AnnotatedSpan & { caption?: string })[] = [...written].sort((a, b) => a.start - b.start);
  if (captions.length === 0 && stretch) {
    for await (const caption of captionWindows(run, stretch)) {
      captions.push(caption);
    }
  }
  const isUsable = (document.description ?? '').trim() !== '' && document.descriptionProvenance?.status !== 'rejected';
  const description = isUsable
    ? document.description
    : (await interviewer.ask((await interviewer.questions()).summary, run.span)).text;
  const lines = [
    `Video: ${cleanLine(description ?? '')}`,
    ...(document.tags && document.tags.length > 0 ? [`Tags: ${document.tags.join(', ')}`] : []),
    ...captions.map(({ start, end, caption = '' }) => `${start.toFixed(1)}–${end.toFixed(1)} s: ${cleanLine(caption)}`),
  ];
  return thinned(lines).join('\n');
}

/** Lines at even distances where there is no room for all. */
function thinned(lines: readonly string[]): string[] {
  let kept = lines.map((line) => line.slice(0, mostCharacters / 4));
  while (kept.length > 2 && kept.join('\n').length > mostCharacters) {
    kept = kept.filter((_, index) => index === 0 || index % 2 === 1);
  }
  return kept;
}
