import { createMessageConnection, type MessageConnection, type MessageReader, type MessageWriter } from 'vscode-jsonrpc/node';
import { cancellationSource, type CancellationToken } from '../common/cancellation.js';
import { DisposableStore } from '../common/dispose.js';
import { FramingError } from '../common/framingDecoder.js';
import { inEnglish, translatorFor } from '../common/translator.js';
import { withinTime } from '../common/withinTime.js';
import { linkTokens } from '../common/linkTokens.js';
import type { Engine } from '../engine/engine.js';
import { registerAnnotateHandlers } from '../handlers/annotateHandlers.js';
import { registerChatHandlers } from '../handlers/chatHandlers.js';
import { ClientScope } from '../handlers/clientScope.js';
import { registerComparisonHandlers } from '../handlers/comparisonHandlers.js';
import { registerDatasetHandlers } from '../handlers/datasetHandlers.js';
import { registerDatasetIndexHandlers } from '../handlers/datasetIndexHandlers.js';
import { registerDenseCaptionHandlers } from '../handlers/denseCaptionHandlers.js';
import { registerEvaluationHandlers } from '../handlers/evaluationHandlers.js';
import { registerLocateHandlers } from '../handlers/locateHandlers.js';
import { registerMediaHandlers } from '../handlers/mediaHandlers.js';
import { registerModelHandlers } from '../handlers/modelHandlers.js';
import { registerNarrationHandlers } from '../handlers/narrationHandlers.js';
import { registerCatalogueHandlers } from '../handlers/catalogueHandlers.js';
import { registerLlamaServerHandlers } from '../handlers/llamaServerHandlers.js';
import { registerPackHandlers } from '../handlers/packHandlers.js';
import { registerRemoteHandlers } from '../handlers/remoteHandlers.js';
import { registerSearchHandlers } from '../handlers/searchHandlers.js';
import { registerServerHandlers } from '../handlers/serverHandlers.js';
import { registerSummaryHandlers } from '../handlers/summaryHandlers.js';
import { registerTextHandlers } from '../handlers/textHandlers.js';
import { registerTimelineHandlers } from '../handlers/timelineHandlers.js';
import { registerVideoHandlers } from '../handlers/videoHandlers.js';
import {
  DatasetChangedNotification,
  DatasetUpdatedNotification,
  ErrorCode,
  ExitNotification,
  type InitializeParams,
  InitializeRequest,
  type InitializeResult,
  LogNotification,
  phrase,
  ProgressNotification,
  protocolVersion,
  ShutdownRequest,
  VideoChatError,
} from '../protocol/index.js';
import { datasetSchemas } from './datasetSchemas.js';
import { editorOf } from './editorOf.js';
import { guardMessages } from './guardMessages.js';
import { watchProcess } from './orphanGuard.js';
import { ProgressReporters } from './progressReporter.js';
import { RequestRouter } from './requestRouter.js';
import { schemas } from './schemas.js';
import { capabilities, checkVersion } from './serverCapabilities.js';
import type { ServerLog } from './serverLog.js';
import { describeIssues, toResponseError } from './toResponseError.js';

/** What a connection needs from the process around it. */
export interface ConnectionHost {
  readonly version: string;
  readonly log: ServerLog;
  /** The engine, made with the settings of the first client that asks. */
  engineFor(params: InitializeParams): Engine;
  /** Called at `shutdown`, when the client's own requests have ended. */
  release(): Promise<void>;
}

/** Why a connection ended, and whether the client had shut the server down before. */
export interface ConnectionEnd {
  reason: 'exit' | 'closed' | 'framing' | 'orphaned';
  afterShutdown: boolean;
}

/** How long running requests get to stop when the server has to, in milliseconds. */
const settleMs = 4_000;

/** One client: its handshake, its requests, its end. */
export class ClientConnection {
  /** Resolves when the client is gone and what belonged to it is freed. */
  readonly ended: Promise<ConnectionEnd>;
  /** The language of this client, known from `initialize` on; the log stays English. */
  private translate = inEnglish;
  private state: 'new' | 'initializing' | 'ready' | 'shutdown' = 'new';
  private finish: (reason: ConnectionEnd['reason']) => void = () => undefined;
  private stopped: Promise<void> | undefined;
  private readonly stopping = cancellationSource();
  private readonly cleanups = new DisposableStore();
  private readonly connection: MessageConnection;
  private readonly router: RequestRouter;

  constructor(
    reader: MessageReader,
    writer: MessageWriter,
    private readonly host: ConnectionHost,
  ) {
    this.connection = createMessageConnection(...guardMessages(reader, writer, host.log), {
      error: (message) => host.log.log('error', message),
      warn: (message) => host.log.log('warn', message),
      info: (message) => host.log.log('info', message),
      log: (message) => host.log.log('debug', message),
    });
    const reporters = new ProgressReporters((params) => this.notify(ProgressNotification.method, params));
    this.router = new RequestRouter(reporters, host.log, (words) => this.translate(words));
    this.ended = new Promise<ConnectionEnd['reason']>((resolve) => (this.finish = resolve)).then(async (reason) => {
      const afterShutdown = this.state === 'shutdown';
      await this.stop();
      await withinTime(this.cleanups.dispose(), settleMs);
      this.connection.dispose();
      return { reason, afterShutdown };
    });
    this.connection.onRequest((method, params, token) => this.handle(method, params, token));
    this.connection.onNotification(ExitNotification.method, () => this.finish('exit'));
    this.connection.onClose(() => this.finish('closed'));
    this.connection.onError(([error]) => {
      if (error instanceof FramingError) {
        void this.cleanups.dispose();
        host.log.log('error', `The connection is closed: ${error.message}`);
        this.finish('framing');
      } else {
        host.log.log('warn', `Transport: ${error.message}`);
      }
    });
    this.connection.listen();
  }

  /** Ends the connection from this side. */
  close(): void {
    this.finish('closed');
  }

  private async handle(method: string, params: unknown, token: CancellationToken): Promise<unknown> {
    try {
      if (method === ShutdownRequest.method && this.state !== 'new') {
        return await this.shutdown();
      }
      if (method === InitializeRequest.method) {
        return this.initialize(params);
      }
      if (this.state === 'new' || this.state === 'initializing') {
        throw new VideoChatError(ErrorCode.ServerNotInitialized, phrase`"${method}" came before "initialize".`, {
          hint: 'Send initialize first and wait for its answer.',
        });
      }
      if (this.state === 'shutdown') {
        throw new VideoChatError(ErrorCode.ShuttingDown, 'The server is shutting down.');
      }
    } catch (error) {
      throw toResponseError(error, method, token, this.host.log, this.translate);
    }
    const linked = linkTokens(token, this.stopping.token);
    try {
      return await this.router.dispatch(method, params, linked.token);
    } finally {
      linked.dispose();
    }
  }

  private initialize(params: unknown): InitializeResult {
    if (this.state !== 'new') {
      throw new VideoChatError(ErrorCode.InvalidRequest, 'The server has been initialized already.');
    }
    const parsed = schemas.initialize.safeParse(params ?? {});
    if (!parsed.success) {
      throw new VideoChatError(ErrorCode.InvalidParams, phrase`initialize: ${describeIssues(parsed.error)}.`);
    }
    const { client, processId, locale, capabilities: abilities } = parsed.data;
    this.translate = translatorFor(locale);
    checkVersion(parsed.data.protocolVersion);
    const scope = new ClientScope(this.host.engineFor(parsed.data), this.translate, (summary) => this.notify(DatasetUpdatedNotification.method, summary));
    this.cleanups.add(scope);
    if (abilities?.editorModels) {
      this.cleanups.add(scope.engine.parts.editors.join(scope.id, editorOf(this.connection)));
    }
    registerModelHandlers(this.router, scope);
    registerRemoteHandlers(this.router, scope);
    registerLlamaServerHandlers(this.router, scope);
    registerVideoHandlers(this.router, scope);
    registerChatHandlers(this.router, scope);
    registerMediaHandlers(this.router, scope);
    registerSummaryHandlers(this.router, scope);
    registerNarrationHandlers(this.router, scope);
    registerComparisonHandlers(this.router, scope);
    registerDatasetHandlers(this.router, scope);
    registerTimelineHandlers(this.router, scope);
    registerTextHandlers(this.router, scope);
    registerSearchHandlers(this.router, scope);
    registerCatalogueHandlers(this.router, scope);
    registerPackHandlers(this.router, scope);
    registerLocateHandlers(this.router, scope);
    registerDenseCaptionHandlers(this.router, scope);
    registerEvaluationHandlers(this.router, scope);
    registerDatasetIndexHandlers(this.router, scope);
    this.connection.onNotification(DatasetChangedNotification.method, (changed: unknown) => {
      const { success, data } = datasetSchemas.changed.safeParse(changed);
      if (success) {
        scope.datasets.changed(data.datasetId, data.paths);
      }
    });
    registerAnnotateHandlers(this.router, scope);
    registerServerHandlers(this.router, scope, this.host.version);
    if (processId !== undefined) {
      this.cleanups.add({ dispose: watchProcess(processId, () => this.finish('orphaned')) });
    }
    const detach = this.host.log.attach((level, message) =>
      this.notify(LogNotification.method, { level, message, timeMs: Date.now() }),
    );
    this.cleanups.add({ dispose: detach });
    this.state = 'ready';
    this.host.log.log('info', `VideoChat ${this.host.version} serves ${client.name} ${client.version ?? ''}`.trimEnd());
    return { protocolVersion, server: { name: 'videochat', version: this.host.version }, capabilities };
  }

  private async shutdown(): Promise<null> {
    this.state = 'shutdown';
    await this.stop();
    return null;
  }

  /** Cancels what runs, waits until it has stopped, and frees what this client used. */
  private stop(): Promise<void> {
    this.stopped ??= (async () => {
      this.stopping.cancel();
      const work = this.router.settled().then(() => this.host.release());
      if (!(await withinTime(work, settleMs))) {
        this.host.log.log('warn', 'Work that was cancelled has not ended in time; the end of the server will cut it off.');
      }
    })();
    return this.stopped;
  }

  private notify(method: string, params: object): void {
    try {
      this.connection.sendNotification(method, params).catch(() => undefined);
    } catch {
      // The connection is closed: nobody is there to hear it.
    }
  }
}
