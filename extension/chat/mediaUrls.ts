import type { Disposable } from '../../server/common/dispose.js';
import { Listeners } from './listeners.js';

/**
 * URLs of the server's machine as a page can reach them. In remote windows and browsers the editor forwards the port,
 * under another origin; pages made before it was known must be made anew to be allowed to use it.
 */
export class MediaUrls {
  private readonly external = new Map<string, Promise<string>>();
  private readonly known = new Set<string>();
  private readonly found = new Listeners<void>();

  /** @param asExternal the editor's way from an address of its machine to one of the person's */
  constructor(private readonly asExternal: (base: string) => Promise<string>) {}

  /** Origins besides the loopback interface. */
  get origins(): string[] {
    return [...this.known];
  }

  onDidFindOrigin(listener: () => void): Disposable {
    return this.found.add(listener);
  }

  async map(url: string): Promise<string> {
    const { origin, pathname, search } = new URL(url);
    let external = this.external.get(origin);
    if (!external) {
      external = this.asExternal(`${origin}/`);
      this.external.set(origin, external);
    }
    let base: string;
    try {
      base = await external;
    } catch (error) {
      this.external.delete(origin);
      throw error;
    }
    const mapped = new URL(base);
    if (mapped.origin !== origin && mapped.hostname !== '127.0.0.1' && !this.known.has(mapped.origin)) {
      this.known.add(mapped.origin);
      this.found.tell();
    }
    mapped.pathname = mapped.pathname.replace(/\/$/, '') + pathname;
    return mapped.href + search;
  }
}
