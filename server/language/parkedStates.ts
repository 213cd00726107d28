import type { HeldPositions } from './prompt.js';

export interface ParkedState extends HeldPositions {
  state: Uint8Array;
}

/**
 * KV caches of conversations that are not being talked to, in ordinary memory, bounded in bytes: the
 * one longest unused goes first. A conversation that lost its state is only slower, never wrong.
 */
export class ParkedStates {
  private readonly states = new Map<object, ParkedState>();
  private held = 0;

  constructor(readonly limitBytes: number) {}

  get bytes(): number {
    return this.held;
  }

  put(owner: object, parked: ParkedState): void {
    this.drop(owner);
    if (parked.state.byteLength > this.limitBytes) {
      return;
    }
    this.states.set(owner, parked);
    this.held += parked.state.byteLength;
    for (const oldest of this.states.keys()) {
      if (this.held <= this.limitBytes) {
        return;
      }
      this.drop(oldest);
    }
  }

  get(owner: object): ParkedState | undefined {
    return this.states.get(owner);
  }

  drop(owner: object): void {
    this.held -= this.states.get(owner)?.state.byteLength ?? 0;
    this.states.delete(owner);
  }

  clear(): void {
    this.states.clear();
    this.held = 0;
  }
}
