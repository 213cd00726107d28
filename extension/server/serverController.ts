import type { VideoChatClient } from '../../server/client/videoChatClient.js';
import type { Disposable } from '../../server/common/dispose.js';
import type { VideoChatError } from '../../server/protocol/index.js';

/** What the server is doing, as far as the editor is concerned. */
export type ServerState =
  | { state: 'stopped' | 'starting' | 'ready' }
  /** It died; it is started again after the delay. `attempt` counts from 1. */
  | { state: 'restarting'; attempt: number; delayMs: number }
  /** Given up until somebody asks for a restart. `offerCpuOnly`: it may have been the graphics card's driver. */
  | { state: 'failed'; error: VideoChatError; offerCpuOnly: boolean };

/** A server that has shaken hands. */
export interface RunningServer {
  client: VideoChatClient;
  /** Changes with every start of the server: ids (videoId, chatId, mediaId) of an older session are dead. */
  session: number;
}

/** The one server of this window: started when first needed, watched, started again when it dies. */
export interface ServerController extends Disposable {
  readonly state: ServerState;
  onDidChangeState(listener: (state: ServerState) => void): Disposable;
  /**
   * Starts the server when first needed, and waits for one that is being started again.
   * @throws VideoChatError when the server cannot be started, or has been given up
   */
  client(): Promise<RunningServer>;
  /** The same, if it runs now. */
  running(): RunningServer | undefined;
  /** Ends the server, if any, and starts a fresh one; what was counted against the old one is forgotten. */
  restart(options?: { cpuOnly?: boolean }): Promise<void>;
}
