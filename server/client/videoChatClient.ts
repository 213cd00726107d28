import { cancellationSource, type CancellationToken } from '../common/cancellation.js';
import { createMessageConnection, type MessageConnection, type MessageReader, type MessageWriter, ResponseError } from 'vscode-jsonrpc/node';
import { ProgressStreams } from '../common/progressStreams.js';
import { untilAborted } from '../common/untilAborted.js';
import { withinTime } from '../common/withinTime.js';
import { FramedMessageWriter } from '../common/framedMessageWriter.js';
import {
  ErrorCode,
  type ErrorData,
  ExitNotification,
  InitializedNotification,
  type InitializeParams,
  InitializeRequest,
  type InitializeResult,
  type LogLevel,
  LogNotification,
  type NotificationDescriptor,
  type Phrase,
  phrase,
  ProgressNotification,
  type ProgressParams,
  protocolVersion,
  type RequestDescriptor,
  ShutdownRequest,
  VideoChatError,
} from '../protocol/index.js';
import { answerEditor, type EditorAnswer } from './answerEditor.js';
import { killProcessTree } from './processTree.js';
import { ServerMessageReader } from './serverMessageReader.js';
import { describeExit, endServerProcess, type ServerExit, type ServerProcessOptions, spawnServerProcess } from './serverProcess.js';

export interface ClientOptions {
  /** What to send with `initialize`; version and process id are filled in. */
  initialize?: Partial<InitializeParams>;
  /** Lines of the server's log. */
  onLog?(level: LogLevel, message: string): void;
  /** Language models of this client, for the server's models that answer through it. */
  editor?: EditorAnswer;
  /** How long `dispose` waits for the server before it is killed, in milliseconds; at `shutdown` and at `exit`. */
  graceMs?: number;
  /** Sees the progress of requests, e.g. for a status bar: how many streams are open, and each value. */
  observer?: { streamsChanged(streams: number): void; progressed(value: unknown): void };
  /** Gives up a start that takes too long: the process is killed, the start rejects with the signal's reason. */
  signal?: AbortSignal;
}

export interface RequestOptions<Partial> {
  /** Cancelling it sends `$/cancelRequest`; the request then rejects with `RequestCancelled`. */
  token?: CancellationToken;
  /** The same for APIs that speak AbortSignal. */
  signal?: AbortSignal;
  /** Streamed partial results, in order and without gaps. */
  onProgress?(value: Partial): void;
  /** Nobody waits for it, as for a download: the observer does not see it. */
  background?: boolean;
}

/** A typed client of the VideoChat protocol. Every rejection is a `VideoChatError`. */
export class VideoChatClient {
  private readonly progress = new ProgressStreams();
  private seenStreams = 0;
  private readonly waiting = new Set<(error: Error) => void>();
  private readonly listeners = new Map<string, Set<(params: unknown) => void>>();
  private lost = false;
  private result: InitializeResult | undefined;
  private closing: Promise<void> | undefined;
  /** Resolves when the connection has ended; the process behind it may take a little longer. */
  readonly disconnected: Promise<void>;
  private markDisconnected: () => void = () => undefined;
  private lossMessage = phrase`The VideoChat server ended before it answered.`;

  private constructor(
    private readonly connection: MessageConnection,
    private readonly options: ClientOptions,
    /** How the server process ended; never settles for a server this client did not start. */
    readonly exited: Promise<ServerExit>,
    private readonly end: () => Promise<void>,
    /** Kills the process and its children at once; for a server that hangs. */
    readonly kill: () => void,
    /** Process id of a server this client started. */
    readonly processId: number | undefined,
  ) {
    this.disconnected = new Promise((resolve) => (this.markDisconnected = resolve));
    connection.onNotification(ProgressNotification.method, (params: ProgressParams) => this.progress.receive(params));
    connection.onNotification(LogNotification.method, (line: { level: LogLevel; message: string }) =>
      options.onLog?.(line.level, line.message),
    );
    if (options.editor) {
      answerEditor(connection, options.editor);
    }
    const gone = (): void => this.lose();
    connection.onClose(() => {
      gone();
      // A process that hung up is of no use any more.
      void end();
    });
    connection.onDispose(gone);
    void exited.then((exit) => {
      this.lossMessage = phrase`The VideoChat server ended before it answered (${describeExit(exit)}).`;
      gone();
    });
    connection.onError(([error]) => options.onLog?.('error', `Connection: ${error.message}`));
    connection.listen();
  }

  /** Starts a server as a child process and shakes hands with it. */
  static async spawn(options: ServerProcessOptions & ClientOptions): Promise<VideoChatClient> {
    const { child, channel, exited } = spawnServerProcess(options);
    const connection = createMessageConnection(new ServerMessageReader(channel), new FramedMessageWriter(channel));
    const end = (): Promise<void> => endServerProcess(child, exited, options.graceMs ?? 5000);
    const kill = (): void => killProcessTree(child);
    return VideoChatClient.shakeHands(new VideoChatClient(connection, options, exited, end, kill, child.pid));
  }

  /** Shakes hands over a transport that is already there: a pipe, a pair of streams. */
  static async connect(reader: MessageReader, writer: MessageWriter, options: ClientOptions = {}): Promise<VideoChatClient> {
    const connection = createMessageConnection(reader, writer);
    const never = new Promise<ServerExit>(() => undefined);
    const end = async (): Promise<void> => writer.end();
    const kill = (): void => writer.end();
    return VideoChatClient.shakeHands(new VideoChatClient(connection, options, never, end, kill, undefined));
  }

  private static async shakeHands(client: VideoChatClient): Promise<VideoChatClient> {
    const { signal } = client.options;
    try {
      const answer = client.request(InitializeRequest, {
        protocolVersion,
        client: { name: 'videochat' },
        processId: process.pid,
        ...(client.options.editor ? { capabilities: { editorModels: true } } : {}),
        ...client.options.initialize,
      });
      const result = await untilAborted(answer, signal);
      checkServerVersion(result);
      client.result = result;
      client.notify(InitializedNotification, {});
      return client;
    } catch (error) {
      if (signal?.aborted) {
        client.kill();
      }
      await client.dispose();
      throw error;
    }
  }

  /** What the server answered to `initialize`. */
  get server(): InitializeResult {
    if (!this.result) {
      throw new VideoChatError(ErrorCode.ServerNotInitialized, 'The server has not been initialized.');
    }
    return this.result;
  }

  /**
   * Sends a request and waits for its answer.
   * @throws VideoChatError with the server's code, or `ConnectionLost`
   */
  async request<Params, Result, Partial = never>(
    descriptor: RequestDescriptor<Params, Result, Partial>,
    params: Params,
    options: RequestOptions<Partial> = {},
  ): Promise<Result> {
    const source = cancellationSource();
    // A connection that is lost has no use for a cancellation: the request fails anyway.
    const cancel = (): void => (this.lost ? undefined : source.cancel());
    const subscription = options.token?.onCancellationRequested(cancel);
    options.signal?.addEventListener('abort', cancel, { once: true });
    if (options.token?.isCancellationRequested || options.signal?.aborted) {
      cancel();
    }
    let loss: Error | undefined;
    const stream = options.onProgress
      ? this.openStream(
          (value) => options.onProgress?.(value as Partial),
          (error) => {
            loss = error;
            cancel();
          },
          options.background === true,
        )
      : undefined;
    try {
      const sent = stream ? { ...params, progressToken: stream.token } : params;
      return await this.send<Result>(descriptor.method, sent, source.token);
    } catch (error) {
      throw loss ?? toVideoChatError(error);
    } finally {
      stream?.close();
      subscription?.dispose();
      options.signal?.removeEventListener('abort', cancel);
      source.dispose();
    }
  }

  /** Requests that are not answered yet. */
  get openRequests(): number {
    return this.waiting.size;
  }

  /** Sends a notification; whether it arrives is not known. */
  notify<Params>(descriptor: NotificationDescriptor<Params>, params: Params): void {
    void this.tell(descriptor.method, params);
  }

  /** Calls a listener for each notification of a kind, until it is disposed. */
  onNotification<Params>({ method }: NotificationDescriptor<Params>, listener: (params: Params) => void): { dispose(): void } {
    const known = this.listeners.get(method);
    const listeners = known ?? new Set<(params: unknown) => void>();
    if (!known) {
      this.listeners.set(method, listeners);
      this.connection.onNotification(method, (params: unknown) => listeners.forEach((each) => each(params)));
    }
    const own = (params: unknown): void => listener(params as Params);
    listeners.add(own);
    return { dispose: () => void listeners.delete(own) };
  }

  private openStream(take: (value: unknown) => void, fail: (error: Error) => void, background: boolean): { token: string; close(): void } {
    if (background) {
      return this.progress.open(take, fail);
    }
    const { observer } = this.options;
    const observed = (value: unknown): void => {
      observer?.progressed(value);
      take(value);
    };
    const stream = this.progress.open(observed, fail);
    observer?.streamsChanged(++this.seenStreams);
    const close = (): void => {
      stream.close();
      observer?.streamsChanged(--this.seenStreams);
    };
    return { token: stream.token, close };
  }

  private async tell(method: string, params: unknown): Promise<void> {
    try {
      await this.connection.sendNotification(method, params);
    } catch {
      // The connection is closed.
    }
  }

  /** Ends the server: `shutdown`, `exit`, and a kill when that takes too long. May be called twice. */
  dispose(): Promise<void> {
    this.closing ??= this.close();
    return this.closing;
  }

  /** `sendRequest` that also ends when the connection does. */
  private send<Result>(method: string, params: unknown, token: CancellationToken): Promise<Result> {
    return new Promise<Result>((resolve, reject) => {
      if (this.lost) {
        reject(connectionLost(this.lossMessage));
        return;
      }
      this.waiting.add(reject);
      this.connection
        .sendRequest<Result>(method, params, token)
        .then(resolve, reject)
        .finally(() => this.waiting.delete(reject));
    });
  }

  private lose(): void {
    this.lost = true;
    this.markDisconnected();
    for (const reject of this.waiting) {
      reject(connectionLost(this.lossMessage));
    }
    this.waiting.clear();
  }

  private async close(): Promise<void> {
    if (this.result) {
      await withinTime(this.request(ShutdownRequest, {}), this.options.graceMs ?? 5000);
    }
    await withinTime(this.tell(ExitNotification.method, {}), 1000);
    await this.end();
    this.connection.dispose();
  }
}

function connectionLost(message: Phrase): VideoChatError {
  return new VideoChatError(ErrorCode.ConnectionLost, message, {
    hint: 'Start it again; its log says why it ended.',
  });
}

/** Errors that travelled come back as what they were; anything else is a lost connection. */
function toVideoChatError(error: unknown): Error {
  if (error instanceof VideoChatError) {
    return error;
  }
  if (error instanceof ResponseError) {
    // The codes −32099…−32096 are vscode-jsonrpc's own: nothing was answered.
    const local = error.code >= -32099 && error.code <= -32096;
    return new VideoChatError(
      local ? ErrorCode.ConnectionLost : (error.code as ErrorCode),
      error.message,
      (error.data ?? {}) as ErrorData,
    );
  }
  const message = error instanceof Error ? error.message : String(error);
  return new VideoChatError(ErrorCode.ConnectionLost, message);
}

/** What answers may be anything that was started under the server's name. */
function checkServerVersion(result: unknown): asserts result is InitializeResult {
  const { protocolVersion: theirs, server } = (result ?? {}) as Partial<InitializeResult>;
  const major = (version: string): string | undefined => version.split('.')[0];
  if (typeof theirs !== 'string' || typeof server?.version !== 'string' || major(theirs) !== major(protocolVersion)) {
    throw new VideoChatError(
      ErrorCode.ProtocolVersionMismatch,
      phrase`The server speaks protocol ${typeof theirs === 'string' ? theirs : '?'}, this client ${protocolVersion}.`,
      { hint: 'Install VideoChat again, so that both come from the same version.' },
    );
  }
}
