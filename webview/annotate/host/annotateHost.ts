import type { AnnotateHostMessage, AnnotatePageMessage } from '../../../server/protocol/annotatePanel.js';
import type { PanelProblem } from '../../../server/protocol/panel.js';
import type { VsCodeApi } from '../../chat/host/host.js';
import { isAnnotateHostMessage } from './isAnnotateHostMessage.js';

type WithId = Extract<AnnotatePageMessage, { id: number }>;
/** A request without the number that its reply will carry. */
export type AnnotateRequest = WithId extends infer M ? (M extends WithId ? Omit<M, 'id'> : never) : never;

/** The page's end of the line to its host. */
export class AnnotateHost {
  readonly #api: VsCodeApi;
  readonly #window: Window;
  readonly #pending = new Map<number, (problem: PanelProblem | undefined) => void>();
  readonly #onMessage: (event: MessageEvent) => void;
  #nextId = 1;

  /** @param receive gets every valid message but replies, in the order they came */
  constructor(api: VsCodeApi, window: Window, receive: (message: Exclude<AnnotateHostMessage, { type: 'reply' }>) => void) {
    this.#api = api;
    this.#window = window;
    this.#onMessage = (event) => {
      const message: unknown = event.data;
      if (!isAnnotateHostMessage(message)) {
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

  post(message: Exclude<AnnotatePageMessage, WithId>): void {
    this.#api.postMessage(message);
  }

  /** Asks for something; `settled` learns why the host refused, or nothing, in order with the messages around it. */
  request(request: AnnotateRequest, settled: (problem: PanelProblem | undefined) => void): number {
    const id = this.#nextId++;
    this.#pending.set(id, settled);
    this.#api.postMessage({ ...request, id });
    return id;
  }

  get saved(): unknown {
    return this.#api.getState();
  }

  save(state: unknown): void {
    this.#api.setState(state);
  }

  dispose(): void {
    this.#window.removeEventListener('message', this.#onMessage);
    this.#pending.clear();
  }
}
