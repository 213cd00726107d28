import type { ChatProgress, ModelInfo, Segment, SummaryProgress, WorkStep } from '../../protocol/index.js';
import type { ToolContext, ToolStep } from './tool.js';

/** `2.0–9.5 s` */
export function spanText({ startSeconds, endSeconds }: Segment): string {
  return `${startSeconds.toFixed(1)}–${endSeconds.toFixed(1)} s`;
}

/** What to say of a model that knows a toy world only. */
export function demonstrationNote(model: Pick<ModelInfo, 'name' | 'demonstration'>): string {
  return model.demonstration ? `\n\nNote: ${model.name} is a demonstration model. It knows simple moving shapes; what it says of other videos from their frames means nothing.` : '';
}

const stages: Record<Extract<ChatProgress, { kind: 'stage' }>['stage'], string> = {
  queued: 'Waiting for the model',
  loading: 'Loading the model',
  decoding: 'Decoding frames',
  encoding: 'Encoding frames',
  looking: 'Looking through the clip',
  prefill: 'Reading the prompt',
  generating: 'Answering',
};
const steps: Record<WorkStep['what'], string> = { looking: 'Looking through the clip', captions: 'Captions', condensing: 'Condensing', writing: 'Writing' };

/** Tells whoever waits how far a work is. */
export function reporting(context: Pick<ToolContext, 'report'>): (progress: ChatProgress | SummaryProgress) => void {
  return (progress) => {
    const step = stepOf(progress);
    if (step) {
      context.report(step);
    }
  };
}

function stepOf(progress: ChatProgress | SummaryProgress): ToolStep | undefined {
  switch (progress.kind) {
    case 'stage': {
      const { stage, done, total } = progress;
      return { text: stages[stage], ...(done !== undefined && total !== undefined ? { done, total } : {}) };
    }
    case 'step':
      return { text: steps[progress.what], done: progress.done, total: progress.total };
    case 'draft':
    case 'plan':
    case 'delta':
      return undefined;
  }
}
