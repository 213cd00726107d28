import { type HostMessage, type PageMessage, type PanelProblem } from '../../../server/protocol/panel.js';
import type { PlayerAbilities } from '../../../server/protocol/media.js';
import { isHostMessage } from './isHostMessage.js';
import { type Persisted, readPersisted } from './persisted.js';

/** What the editor gives a page. */
export interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

type WithId = Extract<PageMessage, { id: number }>;
/** A request without the number that its reply will carry. */
export type PageRequest = WithId extends infer M ? (M extends WithId ? Omit<M, 'id'> : never) : never;

/** The page's end of the line to its host. */
export class Host {
  readonly #api: VsCodeApi;
  readonly #window: Window;
  readonly #pending = new Map<number, (problem: PanelProblem | undefined) => void>();
  readonly #onMessage: (event: MessageEvent) => void;
  #nextId = 1;

  /** @param receive gets every valid message but replies, in the order they came */
  constructor(api: VsCodeApi, window: Window, receive: (message: HostMessage) => void) {
    this.#api = api;
    this.#window = window;
    this.#onMessage = (event) => {
      const message: unknown = event.data;
      if (!isHostMessage(message)) {
        return;
      }
      if (message.type === 'reply') {
        const settle = this.#pending.get(message.id);
        this.#pending.delete(message.id);
        settle?.(message.problem);
      } else {
        receive(message);
      }
    };
    window.addEventListener('message', this.#onMessage);
  }

  /** Says that the page listens, and asks for the whole state. */
  ready(abilities: PlayerAbilities): void {
    this.#post({ type: 'ready', abilities });
  }

  /** Resolves to why the host refused, or to nothing. Never rejects. */
  request(request: PageRequest): Promise<PanelProblem | undefined> {
    const id = this.#nextId++;
    return new Promise((resolve) => {
      this.#pending.set(id, resolve);
      this.#post({ ...request, id });
    });
  }

  get saved(): Persisted | undefined {
    return readPersisted(this.#api.getState());
  }

  save(state: Persisted): void {
    this.#api.setState(state);
  }

  dispose(): void {
    this.#window.removeEventListener('message', this.#onMessage);
    for (const settle of this.#pending.values()) {
      settle(undefined);
    }
    this.#pending.clear();
  }

  #post(message: PageMessage): void {
    this.#api.postMessage(message);
  }
}
