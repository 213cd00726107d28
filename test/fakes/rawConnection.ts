import type { Readable, Writable } from 'node:stream';
import { FramingDecoder } from '../../server/common/framingDecoder.js';

export interface RawMessage {
  jsonrpc?: string;
  id?: string | number | null;
  method?: string;
  params?: Record<string, unknown>;
  result?: unknown;
  error?: { code: number; message: string; data?: { hint?: string } };
}

/** A client that sends whatever bytes a test wants, and collects what comes back. */
export class RawConnection {
  readonly messages: RawMessage[] = [];
  private waiting: { test: (message: RawMessage) => boolean; resolve: (message: RawMessage) => void }[] = [];

  constructor(
    private readonly input: Writable,
    output: Readable,
  ) {
    const decoder = new FramingDecoder();
    input.on('error', () => undefined);
    output.on('data', (chunk: Uint8Array) => {
      for (const body of decoder.push(chunk)) {
        this.take(JSON.parse(Buffer.from(body).toString()) as RawMessage);
      }
    });
  }

  /** Sends bytes as they are. */
  raw(bytes: string | Uint8Array): void {
    this.input.write(bytes);
  }

  /** Frames any JSON value and sends it. */
  send(value: unknown): void {
    this.body(JSON.stringify(value));
  }

  /** Frames a body that need not be JSON. */
  body(text: string): void {
    const body = Buffer.from(text);
    this.raw(Buffer.concat([Buffer.from(`Content-Length: ${body.byteLength}\r\n\r\n`), body]));
  }

  /** The first message that passes, among those that came and those that will. */
  async wait(test: (message: RawMessage) => boolean): Promise<RawMessage> {
    const here = this.messages.find(test);
    return here ?? new Promise((resolve) => this.waiting.push({ test, resolve }));
  }

  /** Sends a request and waits for its response. */
  request(id: string | number, method: string, params?: unknown): Promise<RawMessage> {
    this.send({ jsonrpc: '2.0', id, method, params });
    return this.wait((message) => message.id === id && message.method === undefined);
  }

  notify(method: string, params?: unknown): void {
    this.send({ jsonrpc: '2.0', method, params });
  }

  async initialize(overrides: object = {}): Promise<RawMessage> {
    const params = { protocolVersion: '1.0', client: { name: 'test' }, ...overrides };
    return this.request('initialize', 'initialize', params);
  }

  end(): void {
    this.input.end();
  }

  private take(message: RawMessage): void {
    this.messages.push(message);
    this.waiting = this.waiting.filter(({ test, resolve }) => {
      if (test(message)) {
        resolve(message);
        return false;
      }
      return true;
    });
  }
}
