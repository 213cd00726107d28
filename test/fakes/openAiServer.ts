import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ChatRequest {
  model: string;
  messages: { role: string; content: string | ({ type: 'text'; text: string } | { type: 'image_url'; image_url: { url: string } } | { type: 'video_url'; video_url: { url: string } } | { type: 'input_video'; input_video: { data: string } })[] }[];
  stream: boolean;
  [member: string]: unknown;
}

/** How a request for an answer is answered. */
export type Behaviour = (response: ServerResponse, request: ChatRequest) => void | Promise<void>;

/** An OpenAI-compatible server on this machine that does what a test says, right or wrong. */
export class OpenAiServer {
  /** What was posted to `chat/completions`, as it came. */
  readonly bodies: string[] = [];
  readonly authorizations: (string | undefined)[] = [];
  /** Requests whose connection was closed before they were answered. */
  closedEarly = 0;
  mostInFlight = 0;
  /** Behaviours of the next requests; the last one stays. */
  script: Behaviour[] = [words('A red ball.')];
  models: object[] = [{ id: 'seer', max_model_len: 16_384 }];
  /** Answers `GET models` instead. */
  listing: ((response: ServerResponse) => void) | undefined;
  key: string | undefined;
  /** What llama-server tells of itself. */
  props: object | undefined;
  private inFlight = 0;

  private constructor(private readonly server: Server) {}

  static async start(): Promise<OpenAiServer> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const fake = new OpenAiServer(server);
    server.on('request', (request, response) => void fake.handle(request, response));
    return fake;
  }

  get requests(): ChatRequest[] {
    return this.bodies.map((body) => JSON.parse(body) as ChatRequest);
  }

  get host(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  get url(): string {
    return `http://${this.host}/v1`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const pieces: Buffer[] = [];
    for await (const piece of request as AsyncIterable<Buffer>) {
      pieces.push(piece);
    }
    const body = Buffer.concat(pieces).toString('utf8');
    if (this.key !== undefined && request.headers.authorization !== `Bearer ${this.key}`) {
      this.authorizations.push(request.headers.authorization);
      await status(401, { error: { message: `Incorrect API key provided: ${request.headers.authorization?.slice(7) ?? ''}.` } })(response, {} as ChatRequest);
      return;
    }
    if (request.url?.endsWith('/models')) {
      if (this.listing) {
        this.listing(response);
      } else {
        json({ object: 'list', data: this.models })(response);
      }
      return;
    }
    if (this.props && request.url?.endsWith('/props')) {
      json(this.props)(response);
      return;
    }
    if (!request.url?.endsWith('/chat/completions')) {
      await status(404, { error: { message: 'Not Found' } })(response, {} as ChatRequest);
      return;
    }
    this.bodies.push(body);
    this.authorizations.push(request.headers.authorization);
    this.mostInFlight = Math.max(this.mostInFlight, ++this.inFlight);
    response.once('close', () => {
      this.inFlight--;
      this.closedEarly += response.writableEnded ? 0 : 1;
    });
    const behave = (this.script.length > 1 ? this.script.shift() : this.script[0]) ?? words('');
    await behave(response, JSON.parse(body) as ChatRequest);
  }
}

/** An event of a stream that says something. */
export function event(content: string, finish: string | null = null): string {
  return `data: ${JSON.stringify({ object: 'chat.completion.chunk', choices: [{ index: 0, delta: { content }, finish_reason: finish }] })}\n\n`;
}

export function streaming(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
}

/** A right answer, a word at a time, with comments and a count as servers have them. */
export function words(text: string, { delayMs = 0, finish = 'stop' } = {}): Behaviour {
  return async (response) => {
    streaming(response);
    response.write(': keep alive\n\n');
    for (const word of text.match(/\s*\S+/g) ?? []) {
      response.write(event(word));
      if (delayMs > 0) {
        await new Promise((resolve) => setTimeout(resolve, delayMs));
      }
    }
    response.write(event('', finish));
    response.end(`data: ${JSON.stringify({ choices: [], usage: { prompt_tokens: 120, completion_tokens: 4, prompt_tokens_details: { cached_tokens: 100 } } })}\n\ndata: [DONE]\n\n`);
  };
}

/** An answer whose tokens say how likely they were, and which others were: `[token, probability, others]`. */
export function likely(...tokens: [string, number, Record<string, number>?][]): Behaviour {
  return (response) => {
    streaming(response);
    for (const [token, probability, others = {}] of tokens) {
      const top_logprobs = Object.entries({ [token]: probability, ...others }).map(([each, share]) => ({ token: each, logprob: Math.log(share) }));
      response.write(`data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: token }, logprobs: { content: [{ token, logprob: Math.log(probability), top_logprobs }] }, finish_reason: null }] })}\n\n`);
    }
    response.end(`${event('', 'stop')}data: [DONE]\n\n`);
  };
}

/** Answers after a while, as a busy machine does. */
export function after(delayMs: number, then: Behaviour): Behaviour {
  return async (response, request) => {
    await new Promise((resolve) => setTimeout(resolve, delayMs));
    await then(response, request);
  };
}

export function json(value: unknown): (response: ServerResponse) => void {
  return (response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(value));
  };
}

export function status(code: number, value: unknown, headers: Record<string, string> = {}): Behaviour {
  return (response) => {
    response.writeHead(code, { 'content-type': 'application/json', ...headers });
    response.end(typeof value === 'string' ? value : JSON.stringify(value));
  };
}

/** Says something, and then nothing more; the connection stays. */
export function fallsSilent(text: string): Behaviour {
  return (response) => {
    streaming(response);
    if (text !== '') {
      response.write(event(text));
    }
  };
}

/** Says something, and hangs up in the middle. */
export function hangsUp(text: string): Behaviour {
  return (response) => {
    streaming(response);
    response.write(event(text), () => setTimeout(() => response.destroy(), 20));
  };
}

/** Says something, and ends without a sign of an end. */
export function endsEarly(text: string): Behaviour {
  return (response) => {
    streaming(response);
    response.end(text === '' ? '' : event(text));
  };
}

/** Sends what is no event. */
export function talksNonsense(): Behaviour {
  return (response) => {
    streaming(response);
    response.end('data: {"choices": [{"delta": {"content": "Half\n\n');
  };
}

/** Never stops by itself. */
export function neverStops(): Behaviour {
  return (response) => {
    streaming(response);
    const more = (): void => {
      while (!response.destroyed && response.write(event('more and '.repeat(200)))) {
        // Until the other end is slower.
      }
      if (!response.destroyed) {
        response.once('drain', more);
      }
    };
    more();
  };
}

/** One event that does not end. */
export function hugeEvent(): Behaviour {
  return (response) => {
    streaming(response);
    response.write('data: ');
    const more = (): void => {
      while (!response.destroyed && response.write('x'.repeat(100_000))) {
        // Until the other end is slower.
      }
      if (!response.destroyed) {
        response.once('drain', more);
      }
    };
    more();
  };
}
