import { describeEvents } from '../../longVideo/describeEvents.js';
import type { SummaryRun, ToldSummary } from './summaryRun.js';

/** Things and lines that are listed of a clip where no model tells of it. */
const mostWords = 20;

/** What happens, in the model's words; where no model is asked, what was noticed. */
export async function tellBriefly({ reader, questions, half, part, progress }: SummaryRun): Promise<ToldSummary> {
  const said = await reader.ask(questions.summary, { ...(part ? { span: part } : {}), streams: true });
  if (half !== 'events') {
    return said;
  }
  const text = describeEvents((await reader.timeline()).events, part ?? reader.whole, mostWords);
  progress({ kind: 'delta', text });
  return { ...said, text };
}
