import { type CancellationToken, throwIfCancelled } from '../../common/cancellation.js';
import { untilCancelled } from '../../common/untilCancelled.js';
import { EndpointFailure } from './endpointFailure.js';

export interface AskAgainOptions {
  /** How often it is asked at most. */
  attempts: number;
  /** Wait after the first failure, doubled after each, in milliseconds. */
  firstWaitMs: number;
  /** A server that wants more is not waited for. */
  longestWaitMs: number;
  token: CancellationToken;
  /** Keeps all requests to one server waiting where it has asked for that. */
  pause: Pause;
  /** 0…1, so that those who failed together do not come back together. */
  random(): number;
}

/** When a server wants to be asked again. */
export class Pause {
  private untilMs = 0;

  extend(milliseconds: number): void {
    this.untilMs = Math.max(this.untilMs, performance.now() + milliseconds);
  }

  async over(token: CancellationToken): Promise<void> {
    for (let left = this.untilMs - performance.now(); left > 0; left = this.untilMs - performance.now()) {
      await sleep(left, token);
    }
  }
}

/** Asks until it works, with growing waits. @throws VideoChatError of the last failure, or of one that asking again does not mend */
export async function askAgain<T>(ask: () => Promise<T>, { attempts, firstWaitMs, longestWaitMs, token, pause, random }: AskAgainOptions): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    await pause.over(token);
    throwIfCancelled(token);
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof EndpointFailure)) {
        throw error;
      }
      const { retryAfterMs = 0 } = error;
      if (attempt >= attempts || retryAfterMs > longestWaitMs) {
        throw error.error;
      }
      if (retryAfterMs > 0) {
        pause.extend(retryAfterMs);
      }
      const wait = Math.min(longestWaitMs, firstWaitMs * 2 ** (attempt - 1));
      await sleep(wait * (0.5 + random() / 2), token);
    }
  }
}

async function sleep(milliseconds: number, token: CancellationToken): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  try {
    await untilCancelled(new Promise<void>((resolve) => (timer = setTimeout(resolve, milliseconds))), token);
  } finally {
    clearTimeout(timer);
  }
}
