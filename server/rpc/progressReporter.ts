import { ErrorCode, phrase, type ProgressParams, VideoChatError } from '../protocol/index.js';

/** Numbers the progress of one request and falls silent when it has been answered. */
export interface ProgressReporter {
  report(value: unknown): void;
  close(): void;
}

/** Makes the reporters of one connection and keeps their tokens apart. */
export class ProgressReporters {
  private readonly tokens = new Set<string | number>();

  constructor(private readonly send: (params: ProgressParams) => void) {}

  /** @throws VideoChatError InvalidParams if another running request uses the token */
  open(token: string | number | undefined): ProgressReporter {
    if (token === undefined) {
      return { report: () => undefined, close: () => undefined };
    }
    if (this.tokens.has(token)) {
      throw new VideoChatError(ErrorCode.InvalidParams, phrase`The progress token ${JSON.stringify(token)} is in use.`, {
        hint: 'Choose another token for each request.',
      });
    }
    this.tokens.add(token);
    let sequence = 0;
    let open = true;
    return {
      report: (value) => {
        if (open) {
          this.send({ token, sequence: sequence++, value });
        }
      },
      close: () => {
        open = false;
        this.tokens.delete(token);
      },
    };
  }
}
