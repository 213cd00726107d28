import { ErrorCode, phrase, VideoChatError } from '../../protocol/index.js';
import type { Picture } from '../../engine/engineParts.js';
import type { BackendMessage, BackendRequest } from '../backend.js';

/** Members that not every server takes: one that is refused is left out from then on. */
export type OptionalMember = 'mm_processor_kwargs' | 'media_io_kwargs' | 'logprobs' | 'top_logprobs' | 'stream_options' | 'response_format' | 'stop' | 'seed' | 'top_k' | 'min_p' | 'repetition_penalty' | 'frequency_penalty' | 'presence_penalty' | 'top_p' | 'temperature' | 'max_tokens' | 'max_completion_tokens';

/** Bytes of pictures in one request. */
const pictureBytes = 48 * 1024 * 1024;
/** More are refused by some servers. */
const mostStops = 4;

/** How clips are sent, where they are. */
export interface VideoForm {
  part: 'video_url' | 'input_video';
  processor?: object | undefined;
  reader?: object | undefined;
}

/** What is posted to `chat/completions`. @throws VideoChatError InvalidParams for frames that are too large together */
export function requestBody(model: string, { messages, sampling, stop, form, logProbs }: BackendRequest, refused: ReadonlySet<OptionalMember>, video: VideoForm = { part: 'video_url' }): Record<string, unknown> {
  const pictures = messages.flatMap(({ parts }) => parts.filter((part) => typeof part !== 'string'));
  const bytes = pictures.reduce((sum, { data }) => sum + data.byteLength, 0);
  if (bytes > pictureBytes) {
    throw new VideoChatError(ErrorCode.InvalidParams, phrase`The frames of one question take ${bytes} bytes, more than the ${pictureBytes} that are sent.`, {
      hint: 'Ask with fewer or smaller frames.',
    });
  }
  const withVideo = pictures.some(isClip);
  const optional: Partial<Record<OptionalMember, unknown>> = {
    stream_options: { include_usage: true },
    // Newer models of the cloud know the new name only, most servers the old one.
    [refused.has('max_tokens') ? 'max_completion_tokens' : 'max_tokens']: sampling.maxTokens,
    temperature: sampling.temperature,
    top_p: sampling.topP,
    top_k: sampling.topK,
    min_p: sampling.minP,
    repetition_penalty: sampling.repetitionPenalty,
    frequency_penalty: sampling.frequencyPenalty,
    presence_penalty: sampling.presencePenalty,
    seed: sampling.seed,
    logprobs: logProbs && true,
    // Nothing without the other.
    top_logprobs: logProbs && logProbs.top > 0 && !refused.has('logprobs') ? logProbs.top : undefined,
    stop: stop.length > 0 ? stop.slice(0, mostStops) : undefined,
    mm_processor_kwargs: withVideo ? video.processor : undefined,
    media_io_kwargs: withVideo && video.reader ? { video: video.reader } : undefined,
    response_format: form && { type: 'json_schema', json_schema: { name: 'answer', strict: true, schema: form.schema } },
  };
  const taken = Object.entries(optional).filter(([name, value]) => value !== undefined && !refused.has(name as OptionalMember));
  return { model, messages: messages.map((message) => toChatMessage(message, video.part)), stream: true, ...Object.fromEntries(taken) };
}

/** Whether it is a clip, and no picture. */
export function isClip({ mimeType }: Picture): boolean {
  return mimeType.startsWith('video/');
}

function toChatMessage({ role, parts }: BackendMessage, video: VideoForm['part']): object {
  if (parts.every((part) => typeof part === 'string')) {
    return { role, content: parts.join('\n\n') };
  }
  return { role, content: parts.map((part) => (typeof part === 'string' ? { type: 'text', text: part } : toMedia(part, video))) };
}

function toMedia(picture: Picture, video: VideoForm['part']): object {
  const data = Buffer.from(picture.data).toString('base64');
  const url = `data:${picture.mimeType};base64,${data}`;
  if (!isClip(picture)) {
    return { type: 'image_url', image_url: { url } };
  }
  return video === 'input_video' ? { type: 'input_video', input_video: { data, format: 'mp4' } } : { type: 'video_url', video_url: { url } };
}

/** Which of a request's members a server means that refuses it. */
export function refusedMember(message: string, body: Record<string, unknown>): OptionalMember | undefined {
  const names: OptionalMember[] = ['mm_processor_kwargs', 'media_io_kwargs', 'top_logprobs', 'logprobs', 'response_format', 'stream_options', 'repetition_penalty', 'min_p', 'top_k', 'frequency_penalty', 'presence_penalty', 'top_p', 'temperature', 'seed', 'max_completion_tokens', 'max_tokens', 'stop'];
  const said = message.toLowerCase();
  const isNamed = (name: string): boolean => new RegExp(`(?<![a-z_])${name}(?![a-z_])`).test(said);
  const aboutSchema = /json[_ ]schema|structured output/.test(said) && body['response_format'] !== undefined;
  const named = names.find((name) => body[name] !== undefined && isNamed(name));
  const aboutLogProbs = /log[- ]?prob/.test(said) && body['logprobs'] !== undefined;
  return named ?? (aboutSchema ? 'response_format' : aboutLogProbs ? 'logprobs' : undefined);
}
