import { cancellationSource, type CancellationToken } from './cancellation.js';

/** A token that is cancelled when one of several is. Call `dispose` when the work has ended. */
export function linkTokens(...tokens: CancellationToken[]): { token: CancellationToken; dispose(): void } {
  const source = cancellationSource();
  const subscriptions = tokens.map((token) => token.onCancellationRequested(() => source.cancel()));
  if (tokens.some((token) => token.isCancellationRequested)) {
    source.cancel();
  }
  return { token: source.token, dispose: () => subscriptions.forEach((subscription) => subscription.dispose()) };
}
