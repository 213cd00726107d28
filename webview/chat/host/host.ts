import type { HostMessage, PageMessage, PanelProblem } from '../../../server/protocol/panel.js';
import type { PlayerAbilities } from '../../../server/protocol/media.js';
import { HostLine, type RequestOf, type VsCodeApi } from '../../shared/hostLine.js';
import { isHostMessage } from './isHostMessage.js';
import { type Persisted, readPersisted } from './persisted.js';

export type PageRequest = RequestOf<PageMessage>;

/** The chat's line to its host. */
export class Host {
  readonly #line: HostLine<PageMessage, HostMessage>;

  /** @param receive gets every valid message but replies, in the order they came */
  constructor(api: VsCodeApi, window: Window, receive: (message: Exclude<HostMessage, { type: 'reply' }>) => void) {
    this.#line = new HostLine(api, window, isHostMessage, receive);
  }

  /** Says that the page listens, and asks for the whole state. */
  ready(abilities: PlayerAbilities): void {
    this.#line.post({ type: 'ready', abilities });
  }

  /** Resolves to why the host refused, or to nothing. Never rejects. */
  request(request: PageRequest): Promise<PanelProblem | undefined> {
    return new Promise((resolve) => {
      this.#line.request(request, resolve);
    });
  }

  get saved(): Persisted | undefined {
    return readPersisted(this.#line.saved);
  }

  save(state: Persisted): void {
    this.#line.save(state);
  }

  dispose(): void {
    this.#line.dispose();
  }
}
