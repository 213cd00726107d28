import { PassThrough } from 'node:stream';
import { VideoChatClient } from '../../server/client/videoChatClient.js';
import { FramedMessageReader } from '../../server/common/framedMessageReader.js';
import { FramedMessageWriter } from '../../server/common/framedMessageWriter.js';
import type { EngineParts } from '../../server/engine/engineParts.js';
import type { ConnectionEnd } from '../../server/rpc/clientConnection.js';
import { ServerLog } from '../../server/rpc/serverLog.js';
import { Server } from '../../server/startServer.js';

/** A server in this process with the given parts, to which any number of clients can be connected. */
export class ServerInProcess {
  readonly lines: string[] = [];
  readonly server: Server;
  private readonly clients: VideoChatClient[] = [];

  constructor(parts: EngineParts, cacheFolder = '/nowhere/cache', env: NodeJS.ProcessEnv = {}) {
    const log = new ServerLog('debug', (level, message) => void this.lines.push(`${level}: ${message}`));
    this.server = new Server({ parts, log, env: { VIDEOCHAT_CACHE: cacheFolder, ...env } });
  }

  /** Streams to a new connection: what is written to `input` reaches the server, `output` is what it says. */
  openStreams(): { input: PassThrough; output: PassThrough; ended: Promise<ConnectionEnd> } {
    const input = new PassThrough();
    const output = new PassThrough();
    const reader = new FramedMessageReader(input);
    const ended = this.server.serve({ reader, writer: new FramedMessageWriter(output) });
    return { input, output, ended };
  }

  async connect(onLog?: (level: string, message: string) => void): Promise<VideoChatClient> {
    const { input, output } = this.openStreams();
    const client = await VideoChatClient.connect(new FramedMessageReader(output), new FramedMessageWriter(input), {
      graceMs: 5000,
      onLog,
    });
    this.clients.push(client);
    return client;
  }

  async dispose(): Promise<void> {
    await Promise.all(this.clients.map((client) => client.dispose()));
    await this.server.dispose();
  }
}
