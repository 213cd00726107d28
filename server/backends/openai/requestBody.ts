import { ErrorCode, phrase, VideoChatError } from '../../protocol/index.js';
import type { BackendMessage, BackendRequest } from '../backend.js';

/** Members that not every server takes: one that is refused is left out from then on. */
export type OptionalMember = 'stream_options' | 'response_format' | 'stop' | 'seed' | 'top_k' | 'min_p' | 'repetition_penalty' | 'frequency_penalty' | 'presence_penalty' | 'top_p' | 'temperature' | 'max_tokens' | 'max_completion_tokens';

/** Bytes of pictures in one request. */
const pictureBytes = 48 * 1024 * 1024;
/** More are refused by some servers. */
const mostStops = 4;

/** What is posted to `chat/completions`. @throws VideoChatError InvalidParams for frames that are too large together */
export function requestBody(model: string, { messages, sampling, stop, form }: BackendRequest, refused: ReadonlySet<OptionalMember>): Record<string, unknown> {
  const pictures = messages.flatMap(({ parts }) => parts.filter((part) => typeof part !== 'string'));
  const bytes = pictures.reduce((sum, { data }) => sum + data.byteLength, 0);
  if (bytes > pictureBytes) {
    throw new VideoChatError(ErrorCode.InvalidParams, phrase`The frames of one question take ${bytes} bytes, more than the ${pictureBytes} that are sent.`, {
      hint: 'Ask with fewer or smaller frames.',
    });
  }
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
    stop: stop.length > 0 ? stop.slice(0, mostStops) : undefined,
    response_format: form && { type: 'json_schema', json_schema: { name: 'answer', strict: true, schema: form.schema } },
  };
  const taken = Object.entries(optional).filter(([name, value]) => value !== undefined && !refused.has(name as OptionalMember));
  return { model, messages: messages.map(toChatMessage), stream: true, ...Object.fromEntries(taken) };
}

function toChatMessage({ role, parts }: BackendMessage): object {
  if (parts.every((part) => typeof part === 'string')) {
    return { role, content: parts.join('\n\n') };
  }
  const content = parts.map((part) =>
    typeof part === 'string' ? { type: 'text', text: part } : { type: 'image_url', image_url: { url: `data:${part.mimeType};base64,${Buffer.from(part.data).toString('base64')}` } },
  );
  return { role, content };
}

/** Which of a request's members a server means that refuses it. */
export function refusedMember(message: string, body: Record<string, unknown>): OptionalMember | undefined {
  const names: OptionalMember[] = ['response_format', 'stream_options', 'repetition_penalty', 'min_p', 'top_k', 'frequency_penalty', 'presence_penalty', 'top_p', 'temperature', 'seed', 'max_completion_tokens', 'max_tokens', 'stop'];
  const said = message.toLowerCase();
  const isNamed = (name: string): boolean => new RegExp(`(?<![a-z_])${name}(?![a-z_])`).test(said);
  const aboutSchema = /json[_ ]schema|structured output/.test(said) && body['response_format'] !== undefined;
  return names.find((name) => body[name] !== undefined && isNamed(name)) ?? (aboutSchema ? 'response_format' : undefined);
}
