import { z } from 'zod';
import type { CancellationToken } from '../common/cancellation.js';
import type { Logger } from '../common/logger.js';
import type { Translate } from '../common/translator.js';
import { ErrorCode, phrase, type RequestDescriptor, VideoChatError } from '../protocol/index.js';
import type { ProgressReporters } from './progressReporter.js';
import { describeIssues, toResponseError } from './toResponseError.js';

/** What a handler gets besides its params. */
export interface RequestContext<Partial = never> {
  readonly token: CancellationToken;
  /** `performance.now()` when the request was dispatched. */
  readonly arrivedMs: number;
  /** Sends `$/progress`; silent if the client gave no token, and after the answer. */
  progress(value: Partial): void;
}

type Handler = (params: unknown, context: RequestContext<unknown>) => unknown;

const streaming = z.object({ progressToken: z.union([z.string(), z.number()]).optional() });

/** Finds, validates and runs the handler of a request; keeps count of what runs. */
export class RequestRouter {
  private readonly handlers = new Map<string, Handler>();
  private readonly running = new Set<Promise<unknown>>();

  constructor(
    private readonly reporters: ProgressReporters,
    private readonly logger: Logger,
    private readonly translate: Translate,
  ) {}

  /** Registers a handler; its params have passed the schema when it is called. */
  on<Params, Result, Partial = never>(
    descriptor: RequestDescriptor<Params, Result, Partial>,
    schema: z.ZodType<NoInfer<Params>>,
    handler: (params: Params, context: RequestContext<NoInfer<Partial>>) => Promise<NoInfer<Result>> | NoInfer<Result>,
  ): void {
    this.handlers.set(descriptor.method, (params, context) => {
      const parsed = schema.safeParse(params ?? {});
      if (!parsed.success) {
        throw new VideoChatError(ErrorCode.InvalidParams, phrase`${descriptor.method}: ${describeIssues(parsed.error)}.`, {
          hint: 'server/protocol/README.md says what this request takes.',
        });
      }
      return handler(parsed.data, context);
    });
  }

  /** Requests that run or wait. */
  get active(): number {
    return this.running.size;
  }

  /** Resolves when the requests that run now have been answered. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.running);
  }

  /** Runs one request. Rejects with a `ResponseError`, never with anything else. */
  dispatch(method: string, params: unknown, token: CancellationToken): Promise<unknown> {
    const run = Promise.resolve().then(() => this.run(method, params, token));
    this.running.add(run);
    const done = (): void => void this.running.delete(run);
    run.then(done, done);
    return run;
  }

  private async run(method: string, params: unknown, token: CancellationToken): Promise<unknown> {
    try {
      const handler = this.handlers.get(method);
      if (!handler) {
        throw new VideoChatError(ErrorCode.MethodNotFound, phrase`There is no method ${JSON.stringify(method.slice(0, 80))}.`);
      }
      const reporter = this.reporters.open(streaming.safeParse(params).data?.progressToken);
      try {
        const context = { token, arrivedMs: performance.now(), progress: reporter.report };
        return await handler(params, context);
      } finally {
        reporter.close();
      }
    } catch (error) {
      throw toResponseError(error, method, token, this.logger, this.translate);
    }
  }
}
