import { LitElement, type PropertyValues } from 'lit';
import { property } from 'lit/decorators.js';
import type { AnnotateSession } from '../session/annotateSession.js';

/** A part of the page. It draws into itself, without a shadow, whenever the session changed. */
export abstract class SessionElement extends LitElement {
  @property({ attribute: false }) accessor session!: AnnotateSession;
  #leave: (() => void)[] = [];

  protected override createRenderRoot(): this {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#listen();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#stop();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('session')) {
      this.#stop();
      this.#listen();
    }
  }

  /** The playhead moved. Parts that show it say what to do. */
  protected moved(): void {}

  #listen(): void {
    const { session } = this as { session?: AnnotateSession };
    if (session && this.#leave.length === 0) {
      this.#leave = [session.onDidChange(() => this.requestUpdate()), session.onDidMove(() => this.moved())];
    }
  }

  #stop(): void {
    for (const leave of this.#leave.splice(0)) {
      leave();
    }
  }
}
