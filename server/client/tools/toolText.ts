import type { ChatProgress, ModelInfo, Segment, SummaryProgress } from '../../protocol/index.js';
import type { ToolContext, ToolStep } from './tool.js';

/** `2.0–9.5 s` */
export function spanText({ startSeconds, endSeconds }: Segment): string {
  return `${startSeconds.toFixed(1)}–${endSeconds.toFixed(1)} s`;
}

/** What to say of a model that knows a toy world only. */
export function demonstrationNote(model: Pick<ModelInfo, 'name' | 'demonstration'>): string {
  return model.demonstration ? `\n\nNote: ${model.name} is a demonstration model. It knows simple moving shapes; what it says of other videos from their frames means nothing.` : '';
}

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
      return { what: stage, ...(done !== undefined && total !== undefined ? { done, total } : {}) };
    }
    case 'step':
      return { what: progress.what, done: progress.done, total: progress.total };
    case 'draft':
    case 'plan':
    case 'delta':
      return undefined;
  }
}
