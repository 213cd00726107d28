const delaysMs = [500, 1500, 4000];
const tries = new WeakMap<HTMLImageElement, { src: string; count: number }>();

/**
 * For an image's `error`: asks for the same address again some times, since the server may be busy or starting, and marks
 * it `missing` meanwhile. {@link imageLoaded} takes the mark away.
 */
export function retryImage(event: Event): void {
  const image = event.target as HTMLImageElement;
  image.classList.add('missing');
  const src = image.getAttribute('src') ?? '';
  const before = tries.get(image);
  const count = before?.src === src ? before.count : 0;
  const delay = delaysMs[count];
  tries.set(image, { src, count: count + 1 });
  if (delay === undefined || src === '') {
    return;
  }
  setTimeout(() => {
    if (image.isConnected && image.getAttribute('src') === src) {
      image.src = src;
    }
  }, delay);
}

/** For an image's `load`. */
export function imageLoaded(event: Event): void {
  (event.target as HTMLImageElement).classList.remove('missing');
}
