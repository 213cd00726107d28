/** What may be kept of a list of texts. */
export interface TokenBudget {
  maxTokens: number;
  countTokens(text: string): number;
}

/** Part of a model's context that is kept free for its prompt and its answer. */
const reserve = 0.35;
/** A longer text is read worse than it is summarised first, whatever the model could hold. */
const mostTokens = 12_000;

/** How much text a model gets with a question. */
export function contextRoom({ contextLength, countTokens }: { contextLength: number; countTokens(text: string): number }, question: string): TokenBudget {
  const room = Math.min(mostTokens, Math.floor(contextLength * (1 - reserve))) - countTokens(question);
  return { maxTokens: Math.max(64, room), countTokens };
}
