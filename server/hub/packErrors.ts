import { ErrorCode, phrase, VideoChatError } from '../protocol/index.js';
import { PassingTrouble, retryAfterMs } from './hubErrors.js';

const hint = phrase`Look at the network and the proxy settings, then go on: what has come is kept. VIDEOCHAT_NPM_REGISTRY and VIDEOCHAT_NUGET may name mirrors.`;

/** What a status of a package registry means for a person, or {@link PassingTrouble}. */
export function packStatusError(status: number, headers: Headers, subject: string): Error {
  if (status === 408 || status === 425 || status === 429 || status >= 500) {
    return new PassingTrouble(`status ${status}`, retryAfterMs(headers.get('retry-after')), status === 429);
  }
  return status === 404 || status === 410
    ? new VideoChatError(ErrorCode.NotOnHub, phrase`${subject} is not there.`, { hint: 'Behind a mirror, the mirror may lack it.', subject })
    : new VideoChatError(ErrorCode.DownloadFailed, phrase`The server of ${subject} answered with status ${status}.`, { hint, subject });
}

/** What a person is told when trouble does not pass. */
export function packGivenUp(subject: string, { busy, reason }: PassingTrouble): VideoChatError {
  return busy
    ? new VideoChatError(ErrorCode.HubBusy, phrase`The server of ${subject} wants fewer requests.`, { hint: 'Go on later: what has come is kept.', subject })
    : new VideoChatError(ErrorCode.DownloadFailed, phrase`${subject} could not be fetched: ${reason}.`, { hint, subject });
}
