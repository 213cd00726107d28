import { ErrorCode, type PanelAction, type PanelProblem, renderPhrase, VideoChatError } from '../../server/protocol/index.js';
import type { Translate } from '../translate.js';

/** What a person can do about an error, by its code. */
const actionsByCode: Partial<Record<ErrorCode, PanelAction[]>> = {
  [ErrorCode.ConnectionLost]: ['retry', 'restartServer', 'showLog'],
  [ErrorCode.ProtocolVersionMismatch]: ['restartServer', 'showLog'],
  [ErrorCode.NotTrusted]: ['manageTrust'],
  [ErrorCode.VideoNotFound]: ['locateFile', 'retry'],
  [ErrorCode.VideoUnreadable]: ['locateFile', 'showLog'],
  [ErrorCode.VideoNoFrames]: ['locateFile'],
  [ErrorCode.VideoTruncated]: ['retry', 'locateFile'],
  [ErrorCode.VideoTooLarge]: ['locateFile'],
  [ErrorCode.FfmpegMissing]: ['openSettings', 'restartServer'],
  [ErrorCode.FramePlanInvalid]: [],
  [ErrorCode.ModelUnknown]: ['chooseModel'],
  [ErrorCode.ManifestInvalid]: ['chooseModel', 'showLog'],
  [ErrorCode.ModelFileMissing]: ['chooseModel', 'showLog'],
  [ErrorCode.ModelHashMismatch]: ['chooseModel', 'showLog'],
  [ErrorCode.ModelCorrupt]: ['chooseModel', 'showLog'],
  [ErrorCode.ModelLoadFailed]: ['retry', 'useCpuOnly', 'chooseModel'],
  [ErrorCode.ProviderUnavailable]: ['useCpuOnly', 'openSettings'],
  [ErrorCode.ContextOverflow]: ['newConversation', 'chooseModel'],
  [ErrorCode.TooManyMedia]: ['chooseModel'],
  [ErrorCode.InvalidParams]: [],
};

/** An error as the panel shows it. Whatever was not thrown on purpose is said to be a fault, with the log at hand. */
export function problemOf(error: unknown, t: Translate): PanelProblem {
  if (error instanceof VideoChatError) {
    const actions = actionsByCode[error.code] ?? ['retry', 'showLog'];
    // Those of the server come in the right language; those of its client, in this process, do not.
    const { message, hint } = error.phrases;
    return { message: renderPhrase(message, t), ...(hint ? { hint: renderPhrase(hint, t) } : {}), actions };
  }
  const reason = error instanceof Error ? error.message : String(error);
  return { message: t('Something went wrong: {0}', reason), actions: ['retry', 'showLog'] };
}

/** True if the server ended, or is ending, before it answered: the same request may work with the next one. */
export function isServerLost(error: unknown): boolean {
  return hasCode(error, ErrorCode.ConnectionLost) || hasCode(error, ErrorCode.ShuttingDown);
}

export function hasCode(error: unknown, code: ErrorCode): boolean {
  return error instanceof VideoChatError && error.code === code;
}
