import type { HostMessage } from '../../../server/protocol/panel.js';
import { emptyPage, type PageState } from './pageState.js';
import { applyDeltas, reduce } from './reduce.js';

type Delta = Extract<HostMessage, { type: 'delta' }>;

export interface StoreParts {
  /** Calls once before the next picture, as `requestAnimationFrame`. */
  schedule(run: () => void): void;
  /** Asks the host for the state again; called once for each gap. */
  askAgain(): void;
}

/**
 * The page's state. Deltas wait for the next animation frame and are applied together there; whatever else arrives
 * applies them first, so nothing overtakes anything.
 */
export class Store {
  readonly #parts: StoreParts;
  readonly #listeners = new Set<(state: PageState, previous: PageState) => void>();
  #state = emptyPage;
  #waiting: Delta[] = [];
  #scheduled = false;

  constructor(parts: StoreParts) {
    this.#parts = parts;
  }

  get state(): PageState {
    return this.#state;
  }

  /** @returns takes the listener away */
  onDidChange(listener: (state: PageState, previous: PageState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  receive(message: HostMessage): void {
    switch (message.type) {
      case 'delta':
        this.#waiting.push(message);
        if (!this.#scheduled) {
          this.#scheduled = true;
          this.#parts.schedule(() => {
            this.#scheduled = false;
            this.flush();
          });
        }
        return;
      case 'reply':
      case 'focus':
      case 'seek':
        this.flush();
        return;
      default:
        this.flush();
        this.#set(reduce(this.#state, message));
    }
  }

  /** Applies what waits now. */
  flush(): void {
    const deltas = this.#waiting;
    if (deltas.length > 0) {
      this.#waiting = [];
      this.#set(applyDeltas(this.#state, deltas));
    }
  }

  #set(state: PageState): void {
    const previous = this.#state;
    if (state === previous) {
      return;
    }
    this.#state = state;
    if (state.stale && !previous.stale) {
      this.#parts.askAgain();
    }
    for (const listener of this.#listeners) {
      listener(state, previous);
    }
  }
}
