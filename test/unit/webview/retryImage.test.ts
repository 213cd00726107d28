// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { imageLoaded, retryImage } from '../../../webview/chat/elements/retryImage.js';

/** An image that counts how often it was told to fetch. */
function countedImage(src: string): { image: HTMLImageElement; fetches: () => number } {
  const image = document.createElement('img');
  let count = 0;
  let value = src;
  Object.defineProperty(image, 'src', { get: () => value, set: (next: string) => ((value = next), count++) });
  const attribute = image.getAttribute.bind(image);
  image.getAttribute = (name) => (name === 'src' ? value : attribute(name));
  image.addEventListener('error', retryImage);
  image.addEventListener('load', imageLoaded);
  document.body.append(image);
  return { image, fetches: () => count };
}

describe('retryImage', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => {
    vi.useRealTimers();
    document.body.replaceChildren();
  });

  it('asks again after an error, and shows the image once it comes', () => {
    const { image, fetches } = countedImage('http://127.0.0.1:1/t/m/frame');
    image.dispatchEvent(new Event('error'));
    expect(image.classList.contains('missing')).toBe(true);
    vi.advanceTimersByTime(500);
    expect(fetches()).toBe(1);
    image.dispatchEvent(new Event('load'));
    expect(image.classList.contains('missing')).toBe(false);
  });

  it('gives up after three times, and begins anew with a new address', () => {
    const { image, fetches } = countedImage('http://127.0.0.1:1/t/m/frame');
    for (let i = 0; i < 6; i++) {
      image.dispatchEvent(new Event('error'));
      vi.advanceTimersByTime(10_000);
    }
    expect(fetches()).toBe(3);
    image.src = 'http://127.0.0.1:2/t/m/frame';
    image.dispatchEvent(new Event('error'));
    vi.advanceTimersByTime(10_000);
    expect(fetches()).toBe(5);
  });

  it('leaves an image alone that is gone', () => {
    const { image, fetches } = countedImage('http://127.0.0.1:1/t/m/frame');
    image.dispatchEvent(new Event('error'));
    image.remove();
    vi.advanceTimersByTime(10_000);
    expect(fetches()).toBe(0);
  });
});
