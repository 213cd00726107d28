import { z } from 'zod';
import { ErrorCode, type Phrase, phrase, VideoChatError } from '../../protocol/index.js';

/** A failure that asking again may mend. */
export class EndpointFailure extends Error {
  override readonly name = 'EndpointFailure';
  constructor(
    /** What is told if it is not mended. */
    readonly error: VideoChatError,
    /** Waits so long before it is asked again, where the server says. */
    readonly retryAfterMs?: number,
  ) {
    super(error.message);
  }
}

export interface FailedAnswer {
  host: string;
  status: number;
  /** The beginning of the body. */
  text: string;
  retryAfterMs?: number;
  /** Pictures were sent. */
  withImages: boolean;
  /** Among them a clip. */
  withVideo?: boolean;
  model?: string;
  /** Never to be told. */
  apiKey?: string | undefined;
}

const passing = [408, 425, 429, 500, 502, 503, 504, 529];

const aboutImages = /\b(?:images?|image_url|vision|multimodal|multi-modal|mmproj|pictures?)\b/i;
const aboutVideo = /\b(?:videos?|video_url|input_video)\b|content(?:\[|\.| )?.{0,40}type|part type|unknown variant/i;
const refusal = /not support|unsupported|does(?: not|n't)|cannot|can't|not a (?:multi-?modal|vision)|not allowed|no support|invalid|missing|expected|only text|must be (?:a )?string/i;
const aboutContext = /context[ _](?:length|size|window)|maximum context|too many tokens|exceed_context|prompt is too long|exceeds the (?:available|maximum) (?:context|number of tokens)/i;

/** What an answer that is no answer means. @returns an {@link EndpointFailure} where it may pass */
export function toFailure(answer: FailedAnswer): VideoChatError | EndpointFailure {
  const { host, status, withImages, withVideo = false, model, retryAfterMs } = answer;
  const said = messageOf(answer);
  const subject = host;
  const fail = (code: ErrorCode, message: Phrase, hint: Phrase): VideoChatError => new VideoChatError(code, message, { hint, subject });
  const tell = said === '' ? phrase`status ${status}` : phrase`status ${status}: ${said}`;
  if (status === 401 || status === 403) {
    return fail(ErrorCode.EndpointRefused, phrase`${host} refuses the request (${tell}).`, phrase`Give it the key that it wants, or another one.`);
  }
  if (withVideo && (status === 413 || status === 415 || (status !== 429 && aboutVideo.test(said) && refusal.test(said)))) {
    return fail(ErrorCode.VideosRefused, phrase`${host} takes no clips (${tell}).`, phrase`Frames are sent to it instead.`);
  }
  if (withImages && status !== 429 && aboutImages.test(said) && refusal.test(said)) {
    return fail(ErrorCode.ImagesRefused, phrase`${host} takes no pictures (${tell}).`, phrase`Answer from the timeline, or choose a model that takes pictures.`);
  }
  if (status !== 429 && aboutContext.test(said)) {
    return fail(ErrorCode.ContextOverflow, phrase`The question is longer than ${host} reads (${tell}).`, phrase`Ask with fewer frames or a shorter question, or say what its context length is.`);
  }
  if (status === 404) {
    return model === undefined
      ? fail(ErrorCode.EndpointFailed, phrase`${host} has nothing at this address (${tell}).`, phrase`The URL of an endpoint usually ends in /v1.`)
      : fail(ErrorCode.EndpointModelUnknown, phrase`${host} has no model "${model}" (${tell}).`, phrase`Choose one that it has, and look whether the URL ends in /v1.`);
  }
  if (status === 429) {
    const busy = fail(ErrorCode.EndpointBusy, phrase`${host} takes no more requests for now (${tell}).`, phrase`Ask again later, or let fewer requests be in flight.`);
    return new EndpointFailure(busy, retryAfterMs);
  }
  const failed = fail(ErrorCode.EndpointFailed, phrase`${host} has failed (${tell}).`, phrase`Look into the log of that server.`);
  return passing.includes(status) ? new EndpointFailure(failed, retryAfterMs) : failed;
}

const errorBody = z.union([
  z.object({ error: z.object({ message: z.string() }) }).transform(({ error }) => error.message),
  z.object({ error: z.string() }).transform(({ error }) => error),
  z.object({ message: z.string() }).transform(({ message }) => message),
  z.object({ detail: z.string() }).transform(({ detail }) => detail),
]);

/** What the server says of it, on one line, without the key. */
export function messageOf({ text, apiKey }: Pick<FailedAnswer, 'text' | 'apiKey'>): string {
  let message = text;
  try {
    const { data } = errorBody.safeParse(JSON.parse(text));
    message = data ?? text;
  } catch {
    // Not JSON: a page of a proxy, say.
  }
  const secret = apiKey !== undefined && apiKey !== '' ? message.replaceAll(apiKey, '…') : message;
  return secret
    // Servers repeat the wrong key, or parts of it.
    .replace(/\b(?:sk|key|hf|gsk|xai)[-_][A-Za-z0-9*_-]{6,}/g, '…')
    .replace(/<[^>]{0,200}>/g, ' ')
    .replace(/[\s\u0000-\u001f\u007f-\u009f]+/g, ' ')
    .trim()
    .slice(0, 300);
}

/** How long a server wants to be left alone, in milliseconds: seconds, or a date. */
export function retryAfter(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined) {
    return undefined;
  }
  const seconds = Number(header);
  const date = Date.parse(header);
  const wait = header.trim() !== '' && Number.isFinite(seconds) ? seconds * 1000 : Number.isNaN(date) ? undefined : date - nowMs;
  return wait === undefined ? undefined : Math.max(0, wait);
}
