import { type Conversation, createConversation } from '../../extension/chat/conversation.js';
import { type AskedFrames, type ControllerPorts, ConversationController } from '../../extension/chat/conversationController.js';
import { english } from '../../extension/translate.js';
import type { HostMessage, PanelState, PanelTurn } from '../../server/protocol/index.js';
import { DyingServer } from './dyingServer.js';

/** A page that listens to one conversation, and a server that does what it is told. */
export class ChatPage {
  readonly server = new DyingServer();
  readonly messages: HostMessage[] = [];
  readonly controller: ConversationController;
  saves = 0;
  values: ReturnType<ControllerPorts['values']> = { model: undefined, framesPerClip: undefined, answersFrom: 'auto', sampling: {}, maxProxyHeight: 720 };
  private readonly waiting: { test: () => boolean; resolve: () => void }[] = [];

  constructor(
    readonly conversation: Conversation = createConversation('New', '/clips/ball.mp4'),
    ports: Partial<ControllerPorts> = {},
  ) {
    this.controller = new ConversationController(conversation, {
      server: this.server,
      t: english,
      values: () => this.values,
      post: (message) => {
        this.messages.push(message);
        this.look();
      },
      save: () => void this.saves++,
      mapUrl: async (url) => url.replace('http://127.0.0.1:1234', 'https://mapped.example'),
      stopGraceMs: 20,
      ...ports,
    });
    // What the server is asked can be waited for, too.
    const push = this.server.script.requests.push.bind(this.server.script.requests);
    this.server.script.requests.push = (...items) => {
      const length = push(...items);
      setImmediate(() => this.look());
      return length;
    };
  }

  async dispose(): Promise<void> {
    await this.controller.dispose();
    await this.server.dispose();
  }

  /** Resolves once it is so. */
  until(test: () => boolean): Promise<void> {
    return test() ? Promise.resolve() : new Promise((resolve) => this.waiting.push({ test, resolve }));
  }

  /** The page has loaded, and its clip can be played. */
  async open(): Promise<void> {
    this.controller.ready({ videoCodecs: ['h264'], audioCodecs: [], containers: ['mp4'] });
    await this.until(() => this.state.clips[0]?.media !== undefined);
  }

  get state(): PanelState {
    return this.controller.state();
  }

  get turns(): PanelTurn[] {
    return this.state.turns;
  }

  get last(): PanelTurn | undefined {
    return this.turns.at(-1);
  }

  /** Asks, and waits for the end of the answer. */
  async ask(text: string, more: AskedFrames = {}): Promise<PanelTurn | undefined> {
    const problem = this.controller.send(text, more);
    if (problem) {
      throw new Error(problem.message);
    }
    await this.settled();
    return this.last;
  }

  settled(): Promise<void> {
    return this.until(() => !this.controller.busy);
  }

  said(type: HostMessage['type']): HostMessage[] {
    return this.messages.filter((message) => message.type === type);
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
