import { reasonOf } from '../common/phraseError.js';
import { ErrorCode, phrase, VideoChatError } from '../protocol/index.js';
import type { ExecutionProvider } from './executionProvider.js';
import { unavailable } from './executionProvider.js';
import { SessionHostError } from './sessionHost.js';

const outOfMemory = /bad_alloc|alloc|out of memory|memory limit/i;
const unsupported = /not implemented|could not find an implementation|opset|unsupported model ir|not a registered/i;

/** Turns what went wrong around the encoder's session into a typed error. */
export function encoderError(error: unknown, provider: ExecutionProvider, subject: string): VideoChatError {
  if (error instanceof VideoChatError) {
    return error;
  }
  const told = reasonOf(error);
  const reason = typeof told === 'string' ? told.replace(/\s+/g, ' ').slice(0, 300) : told;
  if (provider !== 'cpu') {
    return unavailable(provider, reason);
  }
  if (outOfMemory.test(String(reason))) {
    return new VideoChatError(ErrorCode.ModelLoadFailed, phrase`There is not enough memory for the vision encoder: ${reason}.`, {
      hint: 'Close other programs, ask for fewer frames, or use a smaller model.',
      subject,
    });
  }
  if (error instanceof SessionHostError && error.kind === 'refused' && !unsupported.test(String(reason))) {
    return new VideoChatError(ErrorCode.ModelCorrupt, phrase`ONNX Runtime refuses the vision encoder: ${reason}.`, {
      hint: 'Install the model again, or export the graph again.',
      subject,
    });
  }
  return new VideoChatError(ErrorCode.ModelLoadFailed, phrase`The vision encoder could not be run: ${reason}.`, {
    hint: 'See the log of the server; set the execution provider to "cpu".',
    subject,
  });
}
