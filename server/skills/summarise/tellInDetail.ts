import { usualMostWindows } from '../../chat/gatherCaptions.js';
import { throwIfCancelled } from '../../common/cancellation.js';
import { clockSpan } from '../../common/clockTime.js';
import { describeEvents } from '../../longVideo/describeEvents.js';
import type { Chapter, FramePlan } from '../../protocol/index.js';
import { cleanAnswer } from '../suggest/cleanAnswer.js';
import { cleanTitle } from './cleanTitle.js';
import { findChapters } from './findChapters.js';
import type { SummaryRun, ToldSummary } from './summaryRun.js';

/** What happens part by part, each with its times; parts that say the same are one. A picture is told of as a whole. */
export async function tellInDetail({ reader, questions, half, part, token, progress }: SummaryRun): Promise<ToldSummary> {
  const { events } = await reader.timeline();
  const parts = findChapters(events, part ?? reader.whole);
  const mostWindows = Math.ceil(usualMostWindows / parts.length);
  const told: (Chapter & { text: string })[] = [];
  const plans: FramePlan[] = [];
  let text = '';
  // A part is told of when it is known where it ends.
  const say = (done: (typeof told)[number] | undefined): void => {
    if (done && done.text !== '') {
      const delta = `${text === '' ? '' : '\n\n'}**${clockSpan(done)}** ${done.text}`;
      text += delta;
      progress({ kind: 'delta', text: delta });
    }
  };
  for (const [index, span] of parts.entries()) {
    throwIfCancelled(token);
    progress({ kind: 'step', what: 'writing', done: index, total: parts.length });
    const said = await reader.ask(questions.detail, { span, mostWindows });
    plans.push(said.plan);
    const noticed = describeEvents(events, span);
    const words = half === 'events' ? noticed : cleanAnswer(said.text);
    const last = told.at(-1);
    if (last && last.text === words) {
      last.endSeconds = span.endSeconds;
    } else {
      say(last);
      told.push({ ...span, title: cleanTitle(noticed) || String(told.length + 1), titledBy: 'events', text: words });
    }
  }
  say(told.at(-1));
  const chapters = told.map(({ startSeconds, endSeconds, title, titledBy }): Chapter => ({ startSeconds, endSeconds, title, titledBy }));
  return { text, chapters, plan: joinPlans(plans, part ?? reader.whole) };
}

/** All frames of several plans. */
export function joinPlans(plans: readonly FramePlan[], span: { startSeconds: number; endSeconds: number }): FramePlan {
  const [first] = plans;
  const indices = plans.flatMap((plan) => plan.indices);
  const seconds = plans.flatMap((plan) => plan.seconds);
  return { spec: first?.spec ?? '', span, indices, seconds, reason: first?.reason ?? '' };
}
