import { AnnotateController, type AnnotatePorts } from '../../extension/annotate/annotateController.js';
import { dispatchAnnotateMessage } from '../../extension/annotate/annotateDispatcher.js';
import { english } from '../../extension/translate.js';
import { noDataset } from '../../server/common/annotations/datasetSchema.js';
import type { AnnotateHostMessage, AnnotatePageMessage, AnnotateState, PanelProblem } from '../../server/protocol/index.js';
import { DyingServer } from './dyingServer.js';
import type { EditorText } from './editorText.js';

type Request = Extract<AnnotatePageMessage, { id: number }>;
type Asked = Request extends infer Each ? (Each extends Request ? Omit<Each, 'id'> : never) : never;

/** A page that listens to one editor of a document. */
export class AnnotatePage {
  readonly messages: AnnotateHostMessage[] = [];
  readonly warnings: string[] = [];
  readonly informed: string[] = [];
  readonly opened: string[] = [];
  readonly controller: AnnotateController;
  place: { path: string; exists: boolean } | undefined = { path: '/clips/ball.mp4', exists: true };
  dirty = false;
  readOnly = false;
  private ids = 0;
  private readonly waiting: { test: () => boolean; resolve: () => void }[] = [];

  constructor(
    readonly editor: EditorText,
    readonly server: DyingServer = new DyingServer(),
    ports: Partial<AnnotatePorts> = {},
  ) {
    this.controller = new AnnotateController({
      server,
      model: editor.model,
      t: english,
      post: (message) => {
        this.messages.push(message);
        this.look();
      },
      mapUrl: async (url) => url.replace('http://127.0.0.1:1234', 'https://mapped.example'),
      values: () => ({ model: undefined, sampling: {}, maxProxyHeight: 720 }),
      text: () => ({ content: editor.text, dirty: this.dirty, readOnly: this.readOnly, eolLength: editor.text.includes('\r\n') ? 2 : 1 }),
      documentPath: '/clips/ball.mp4.videochat.json',
      dataset: () => noDataset,
      annotator: () => 'ada',
      keys: () => [],
      place: async () => this.place,
      learned: () => undefined,
      review: () => undefined,
      inform: (message) => void this.informed.push(message),
      ...ports,
    });
  }

  get state(): AnnotateState {
    return this.controller.state();
  }

  said<Type extends AnnotateHostMessage['type']>(type: Type): Extract<AnnotateHostMessage, { type: Type }>[] {
    return this.messages.filter((message) => message.type === type) as Extract<AnnotateHostMessage, { type: Type }>[];
  }

  until(test: () => boolean): Promise<void> {
    return test() ? Promise.resolve() : new Promise((resolve) => this.waiting.push({ test, resolve }));
  }

  /** Hands over what a page, or whoever poses as one, sends. */
  send(message: unknown): Promise<void> {
    return dispatchAnnotateMessage(message, this.controller, {
      t: english,
      reply: (id, problem) => {
        this.messages.push({ type: 'reply', id, ...(problem ? { problem } : {}) });
        this.look();
      },
      focus: () => undefined,
      action: async () => undefined,
      openLink: async (url) => void this.opened.push(url.href),
      warn: (text) => void this.warnings.push(text),
    });
  }

  /** Asks, and waits for the reply. */
  async ask(request: Asked): Promise<PanelProblem | undefined> {
    const id = this.ids++;
    await this.send({ ...request, id });
    return this.said('reply').find((reply) => reply.id === id)?.problem;
  }

  /** The page has loaded, and its clip can be played. */
  async open(): Promise<void> {
    await this.send({ type: 'ready', abilities: { videoCodecs: ['h264'], audioCodecs: [], containers: ['mp4'] } });
    await this.until(() => this.state.clip.media !== undefined);
  }

  async dispose(): Promise<void> {
    this.controller.dispose();
    await this.server.dispose();
  }

  private look(): void {
    for (const entry of [...this.waiting]) {
      if (entry.test()) {
        this.waiting.splice(this.waiting.indexOf(entry), 1);
        entry.resolve();
      }
    }
  }
}
