import { renderMarkdown } from './markdown.js';
import { splitBlocks } from './splitBlocks.js';
import type { NamedClip } from './timeLinks.js';

/** Renders a text that grows: only its last blocks are parsed again, those before it keep their HTML. */
export class StreamedMarkdown {
  readonly #render: typeof renderMarkdown;
  #text = '';
  #environment = '';
  #blocks: { start: number; text: string; html: string }[] = [];

  constructor(render = renderMarkdown) {
    this.#render = render;
  }

  /** @returns the HTML of each block, in order; an unchanged block is the same string */
  update(text: string, durationSeconds?: number, clips: readonly NamedClip[] = []): string[] {
    const environment = JSON.stringify([durationSeconds, clips]);
    if (environment !== this.#environment || !text.startsWith(this.#text)) {
      this.#blocks = [];
    }
    if (this.#blocks.length === 0 || text !== this.#text) {
      // The last block may go on, or turn out to belong to the one before it: `2` becomes `2. second item`.
      const open = this.#blocks.slice(-2);
      const kept = this.#blocks.slice(0, -2);
      const fresh = splitBlocks(text, open[0]?.start ?? 0).map((block) => {
        const same = open.find((old) => old.start === block.start && old.text === block.text);
        return same ?? { ...block, html: this.#render(block.text, { durationSeconds, ...(clips.length > 0 ? { clips } : {}) }) };
      });
      this.#blocks = [...kept, ...fresh];
    }
    this.#text = text;
    this.#environment = environment;
    return this.#blocks.map((block) => block.html);
  }
}
