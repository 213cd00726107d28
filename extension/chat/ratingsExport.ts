import type { Conversation } from './conversation.js';

/** One rated answer a line, as JSON, with all that is needed to learn from it; empty when nothing was rated. */
export function toRatingLines(conversations: readonly Conversation[]): string {
  const lines = conversations.flatMap(({ id, clips, turns }) =>
    turns.flatMap((turn, index) => {
      if (!turn.rating) {
        return [];
      }
      const [clip] = clips;
      const before = turns.slice(0, index).filter(({ answer }) => answer !== '');
      return JSON.stringify({
        conversation: id,
        turn: turn.turnId,
        rating: turn.rating.value,
        note: turn.rating.note,
        question: turn.question,
        answer: turn.answer,
        state: turn.state,
        history: before.map(({ question, answer }) => ({ question, answer })),
        video: clip ? { path: clip.path, contentHash: clip.contentHash } : undefined,
        span: turn.span,
        frames: turn.plan ? { spec: turn.plan.spec, indices: turn.plan.indices, seconds: turn.plan.seconds } : undefined,
        model: turn.result?.model,
      });
    }),
  );
  return lines.map((line) => `${line}\n`).join('');
}
