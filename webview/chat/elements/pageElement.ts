import { LitElement } from 'lit';
import { type Intent, intentEvent } from './intent.js';

/**
 * A part of the page. It draws into itself, without a shadow: one style sheet serves the page, ids can be referred to
 * across parts, and the content policy needs no exception.
 */
export abstract class PageElement extends LitElement {
  protected override createRenderRoot(): this {
    return this;
  }

  protected emit(intent: Intent): void {
    this.dispatchEvent(new CustomEvent(intentEvent, { detail: intent, bubbles: true, composed: true }));
  }
}
