/** Tells which elements are in or near a scrolled view. Where the platform cannot say, all are. */
export class NearView {
  readonly #observer: IntersectionObserver | undefined;
  readonly #seen = new Set<Element>();

  constructor(root: Element, changed: (element: Element, near: boolean) => void) {
    if (typeof IntersectionObserver === 'function') {
      this.#observer = new IntersectionObserver(
        (entries) => {
          for (const { target, isIntersecting } of entries) {
            changed(target, isIntersecting);
          }
        },
        { root, rootMargin: '1000px 0px' },
      );
    }
  }

  get works(): boolean {
    return this.#observer !== undefined;
  }

  /** Watches exactly these. */
  watch(elements: Iterable<Element>): void {
    const now = new Set(elements);
    for (const element of this.#seen) {
      if (!now.has(element)) {
        this.#observer?.unobserve(element);
        this.#seen.delete(element);
      }
    }
    for (const element of now) {
      if (!this.#seen.has(element)) {
        this.#observer?.observe(element);
        this.#seen.add(element);
      }
    }
  }

  dispose(): void {
    this.#observer?.disconnect();
    this.#seen.clear();
  }
}
