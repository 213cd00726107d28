import type { CancellationToken } from '../../common/cancellation.js';
import type { EditorCompleteParams, EditorCompleteProgress, EditorCompleteResult } from '../../protocol/index.js';

/** Asks one client; `progressToken` is filled in. */
export type AskEditor = (
  params: Omit<EditorCompleteParams, 'progressToken'>,
  token: CancellationToken,
  onProgress: (progress: EditorCompleteProgress) => void,
) => Promise<EditorCompleteResult>;

/** The clients that have language models of their own, by their ids. */
export class EditorClients {
  private readonly clients = new Map<string, AskEditor>();

  /** @returns forgets the client */
  join(client: string, ask: AskEditor): { dispose(): void } {
    this.clients.set(client, ask);
    return { dispose: () => void this.clients.delete(client) };
  }

  get(client: string): AskEditor | undefined {
    return this.clients.get(client);
  }

  get size(): number {
    return this.clients.size;
  }
}
