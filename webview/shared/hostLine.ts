import type { PanelProblem } from '../../server/protocol/panel.js';

/** What the editor gives a page. */
export interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

interface Message {
  type: string;
}
type WithId<M> = Extract<M, { id: number }>;
/** A request without the number that its reply will carry. */
export type RequestOf<M> = WithId<M> extends infer R ? (R extends { id: number } ? Omit<R, 'id'> : never) : never;
type Reply = { type: 'reply'; id: number; problem?: PanelProblem };

/** A page's end of the line to its host: what the page says (`Said`) and hears (`Heard`). */
export class HostLine<Said extends Message, Heard extends Message> {
  readonly #api: VsCodeApi;
  readonly #window: Window;
  readonly #pending = new Map<number, (problem: PanelProblem | undefined) => void>();
  readonly #onMessage: (event: MessageEvent) => void;
  #nextId = 1;

  /** @param receive gets every valid message but replies, in the order they came */
  constructor(api: VsCodeApi, window: Window, isHeard: (value: unknown) => value is Heard | Reply, receive: (message: Exclude<Heard, Reply>) => void) {
    this.#api = api;
    this.#window = window;
    this.#onMessage = (event) => {
      const message: unknown = event.data;
      if (!isHeard(message)) {
        return;
      }
      if (isReply(message)) {
        const settle = this.#pending.get(message.id);
        this.#pending.delete(message.id);
        settle?.(message.problem);
      } else {
        receive(message as Exclude<Heard, Reply>);
      }
    };
    window.addEventListener('message', this.#onMessage);
  }

  post(message: Exclude<Said, WithId<Said>>): void {
    this.#api.postMessage(message);
  }

  /** Asks for something; `settled` learns why the host refused, or nothing, in order with the messages around it. */
  request(request: RequestOf<Said>, settled: (problem: PanelProblem | undefined) => void): number {
    const id = this.#nextId++;
    this.#pending.set(id, settled);
    this.#api.postMessage({ ...(request as object), id });
    return id;
  }

  get saved(): unknown {
    return this.#api.getState();
  }

  save(state: unknown): void {
    this.#api.setState(state);
  }

  /** Whoever still waits for a reply is told that nothing is wrong: the page goes. */
  dispose(): void {
    this.#window.removeEventListener('message', this.#onMessage);
    for (const settle of this.#pending.values()) {
      settle(undefined);
    }
    this.#pending.clear();
  }
}

function isReply(message: Message): message is Reply {
  return message.type === 'reply';
}
