import { ErrorCode, type Phrase, phrase, VideoChatError } from '../protocol/index.js';

/** An attempt that failed; another one may do better. */
export class PassingTrouble extends Error {
  constructor(
    readonly reason: string,
    /** When the server wants to be asked again. */
    readonly waitMs?: number,
    /** It wants fewer requests. */
    readonly busy = false,
  ) {
    super(reason);
  }
}

/** What a status of the hub means for a person, or {@link PassingTrouble}. */
export function statusError(status: number, headers: Headers, subject: string, hasToken: boolean): Error {
  switch (status) {
    case 401:
      // The hub does not tell strangers whether a repository exists.
      return hasToken
        ? new VideoChatError(ErrorCode.TokenNeeded, phrase`The hub does not accept the token for ${subject}.`, {
            hint: 'Make a new token in your account on the hub, with the right to read, and enter it again.',
            subject,
          })
        : new VideoChatError(ErrorCode.TokenNeeded, phrase`The hub wants to know who fetches ${subject}.`, {
            hint: 'Enter a token of your account on the hub, or set HF_TOKEN.',
            subject,
          });
    case 403:
      return new VideoChatError(ErrorCode.LicenceNotAccepted, phrase`The hub does not let this account fetch ${subject}.`, {
        hint: 'Open the model\'s page on the hub, accept its licence there, and fetch it with a token of the same account.',
        subject,
      });
    case 404:
    case 410:
      return new VideoChatError(ErrorCode.NotOnHub, phrase`The hub has no ${subject}.`, {
        hint: 'It may have been moved or removed. Behind a mirror, the mirror may lack it.',
        subject,
      });
    case 408:
    case 425:
    case 429:
      return new PassingTrouble(`status ${status}`, retryAfterMs(headers.get('retry-after')), status === 429);
    default:
      return status >= 500
        ? new PassingTrouble(`status ${status}`, retryAfterMs(headers.get('retry-after')))
        : new VideoChatError(ErrorCode.DownloadFailed, phrase`The hub answered with status ${status} for ${subject}.`, {
            hint: 'Try it again later. Behind a proxy or a mirror, look at its settings.',
            subject,
          });
  }
}

/** `Retry-After` in milliseconds: seconds, or a date. */
export function retryAfterMs(text: string | null, now = Date.now()): number | undefined {
  if (text === null || text.trim() === '') {
    return undefined;
  }
  const seconds = Number(text);
  const wait = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(text) - now;
  return Number.isFinite(wait) ? Math.max(0, wait) : undefined;
}

export function corrupt(subject: string, reason: Phrase): VideoChatError {
  return new VideoChatError(ErrorCode.DownloadCorrupt, phrase`What came for ${subject} is not that file: ${reason}.`, {
    hint: 'It was thrown away. Fetch it again; if that does not help, the hub, a mirror or a proxy changes the file.',
    subject,
  });
}

/** What stands in the place of an error of the file system. */
export function folderError(path: string, error: unknown): VideoChatError {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === 'ENOSPC' || code === 'EDQUOT'
    ? new VideoChatError(ErrorCode.DiskFull, phrase`There is no room left on the disk for ${path}.`, {
        hint: 'Make room on the disk, then do it again: what has come is kept.',
        subject: path,
      })
    : new VideoChatError(ErrorCode.ModelNotWritten, phrase`${path} could not be written: ${message}`, {
        hint: 'Check that the folder may be written to. HF_HOME and VIDEOCHAT_CACHE say where models are kept.',
        subject: path,
      });
}

/** Runs something that writes a file. @throws VideoChatError DiskFull, ModelNotWritten */
export async function writingModels<Result>(path: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof VideoChatError || error instanceof PassingTrouble ? error : folderError(path, error);
  }
}
