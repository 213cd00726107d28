import type { MessageReader, MessageWriter } from 'vscode-jsonrpc/node';
import { createEngineParts } from './engine/createEngineParts.js';
import { Engine } from './engine/engine.js';
import type { EngineParts } from './engine/engineParts.js';
import { ClientConnection, type ConnectionEnd } from './rpc/clientConnection.js';
import { ServerLog } from './rpc/serverLog.js';
import { packageVersion, resolveSettings } from './settings.js';

/** A way to one client. */
export interface Transport {
  reader: MessageReader;
  writer: MessageWriter;
}

export interface ServerOptions {
  /** Replaces parts of the engine; for tests. */
  parts?: EngineParts;
  env?: NodeJS.ProcessEnv;
  log?: ServerLog;
}

/** A server without a transport: serves any number of clients with one engine. */
export class Server {
  readonly log: ServerLog;
  private engine: Engine | undefined;
  private readonly connections = new Set<ClientConnection>();

  constructor(private readonly options: ServerOptions = {}) {
    this.log = options.log ?? new ServerLog();
  }

  /** Serves one client until it is gone. */
  async serve({ reader, writer }: Transport): Promise<ConnectionEnd> {
    const connection: ClientConnection = new ClientConnection(reader, writer, {
      version: packageVersion(),
      log: this.log,
      engineFor: ({ settings }) => {
        if (this.engine && settings) {
          this.log.log('info', 'The settings of the first client stay in force.');
        }
        this.engine ??= new Engine(
          this.options.parts ?? createEngineParts(),
          resolveSettings(settings, this.options.env),
          this.log,
          this.options.env,
        );
        return this.engine;
      },
      release: async () => {
        // Another client may be in the middle of an answer.
        if (this.connections.size <= 1) {
          await this.engine?.models.dispose();
        }
      },
    });
    this.connections.add(connection);
    try {
      return await connection.ended;
    } finally {
      this.connections.delete(connection);
    }
  }

  /** Ends all connections and frees the engine. */
  async dispose(): Promise<void> {
    const open = [...this.connections];
    open.forEach((connection) => connection.close());
    await Promise.all(open.map((connection) => connection.ended));
    await this.engine?.dispose();
  }
}

/** Serves one client in this process; for tests and for programs that embed the server. */
export async function startServer(transport: Transport, options: ServerOptions = {}): Promise<ConnectionEnd> {
  const server = new Server(options);
  try {
    return await server.serve(transport);
  } finally {
    await server.dispose();
  }
}
