/** Pixels from the end that still count as being there. */
const slack = 32;

interface Scrolled {
  scrollTop: number;
  scrollHeight: number;
  clientHeight: number;
}

/** Keeps a view at its end while it grows, but only if a person left it there. */
export class StickToEnd {
  #sticks = true;
  #top = 0;
  #height = 0;

  get sticks(): boolean {
    return this.#sticks;
  }

  /** To be called on every scroll event; growth moves nothing up, so only a person lets go. */
  scrolled(view: Scrolled): void {
    const atEnd = view.scrollHeight - view.clientHeight - view.scrollTop <= slack;
    // A view whose content shrank or grew moves by itself; only moving up within the same content is a person's doing.
    const movedUp = view.scrollTop < this.#top - 1 && view.scrollHeight >= this.#height;
    if (atEnd) {
      this.#sticks = true;
    } else if (movedUp) {
      this.#sticks = false;
    }
    this.#top = view.scrollTop;
    this.#height = view.scrollHeight;
  }

  /** To be called after the content changed. */
  grown(view: Scrolled): void {
    if (this.#sticks) {
      view.scrollTop = view.scrollHeight;
    }
  }

  /** A person asked for the end, or for another place. */
  release(toEnd: boolean): void {
    this.#sticks = toEnd;
  }
}
