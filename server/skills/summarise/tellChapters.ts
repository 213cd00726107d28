import { usualMostWindows } from '../../chat/gatherCaptions.js';
import { throwIfCancelled } from '../../common/cancellation.js';
import { clockSpan } from '../../common/clockTime.js';
import { describeEvents } from '../../longVideo/describeEvents.js';
import { type Chapter, type FramePlan, phrase, type Segment, type TimelineEvent } from '../../protocol/index.js';
import { cleanTitle } from './cleanTitle.js';
import { findChapters } from './findChapters.js';
import type { SummaryRun, ToldSummary } from './summaryRun.js';
import { joinPlans } from './tellInDetail.js';

/** Titles of chapters that list what was noticed stay short. */
const wordsOfTitle = 3;

/** Parts with titles, cut where the clip changes. */
export async function tellChapters(run: SummaryRun): Promise<ToldSummary> {
  const { reader, part, token, progress } = run;
  const { events } = await reader.timeline();
  const parts = findChapters(events, part ?? reader.whole);
  const chapters: Chapter[] = [];
  const plans: FramePlan[] = [];
  for (const [index, span] of parts.entries()) {
    throwIfCancelled(token);
    progress({ kind: 'step', what: 'writing', done: index, total: parts.length });
    const named = await nameByModel(run, span, Math.ceil(usualMostWindows / parts.length));
    plans.push(named.plan);
    const chapter: Chapter = named.title === '' ? { ...span, ...nameByEvents(run, events, span, index) } : { ...span, title: named.title, titledBy: 'model' };
    chapters.push(chapter);
    progress({ kind: 'delta', text: `${index > 0 ? '\n' : ''}${lineOf(chapter)}` });
  }
  return { text: chapters.map(lineOf).join('\n'), chapters, plan: joinPlans(plans, part ?? reader.whole) };
}

/** A list item: each chapter is a line in Markdown. */
function lineOf(chapter: Chapter): string {
  return `- ${clockSpan(chapter)} ${chapter.title}`;
}

async function nameByModel({ reader, questions: { title: question } }: SummaryRun, span: Segment, mostWindows: number): Promise<{ title: string; plan: FramePlan }> {
  if (question === undefined) {
    return { title: '', plan: reader.lookedAt(await reader.timeline(), span) };
  }
  const { text, plan } = await reader.ask(question, { span, mostWindows });
  return { title: /^the timeline does not show/i.test(text) ? '' : cleanTitle(text), plan };
}

function nameByEvents({ translate }: SummaryRun, events: readonly TimelineEvent[], span: Segment, index: number): Pick<Chapter, 'title' | 'titledBy'> {
  return { title: cleanTitle(describeEvents(events, span, wordsOfTitle)) || translate(phrase`Part ${index + 1}`), titledBy: 'events' };
}
