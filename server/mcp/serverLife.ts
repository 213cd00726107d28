import { VideoChatClient } from '../client/videoChatClient.js';
import type { ServerSettings } from '../protocol/index.js';

export interface ServerLifeOptions {
  /** Entry of the server to start. */
  serverPath: string;
  version: string;
  settings: ServerSettings;
  /** Lines of the server's log, and what it prints. */
  onLine?(line: string): void;
}

/** The server behind the tools: started when one of them needs it, and again after it has died. */
export class ServerLife {
  private client: Promise<VideoChatClient> | undefined;

  constructor(private readonly options: ServerLifeOptions) {}

  /** @throws VideoChatError when it cannot be started; the next call tries anew */
  get(): Promise<VideoChatClient> {
    if (!this.client) {
      const started = this.start();
      const forget = (): void => {
        this.client = this.client === started ? undefined : this.client;
      };
      this.client = started;
      started.then((client) => void client.disconnected.then(forget), forget);
    }
    return this.client;
  }

  async dispose(): Promise<void> {
    const client = await this.client?.catch(() => undefined);
    await client?.dispose();
  }

  private start(): Promise<VideoChatClient> {
    const { serverPath, version, settings, onLine } = this.options;
    return VideoChatClient.spawn({
      serverPath,
      initialize: { client: { name: 'videochat-mcp', version }, settings },
      onLog: (level, message) => level !== 'debug' && level !== 'trace' && onLine?.(message),
      ...(onLine ? { onOutput: onLine } : {}),
    });
  }
}
