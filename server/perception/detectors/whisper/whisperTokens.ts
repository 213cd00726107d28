import { z } from 'zod';

const id = z.int().min(0).max(10_000_000);
const ids = z.array(id).max(100_000).nullish();
const named = z.record(z.string().max(100), id);

/** What is needed of `generation_config.json`. */
const generationSchema = z.object({
  decoder_start_token_id: id,
  eos_token_id: id,
  no_timestamps_token_id: id,
  is_multilingual: z.boolean().nullish(),
  lang_to_id: named.nullish(),
  task_to_id: named.nullish(),
  suppress_tokens: ids,
  begin_suppress_tokens: ids,
  max_initial_timestamp_index: z.int().min(0).max(1500).nullish(),
});
const vocabularySchema = z.record(z.string().max(1_000), id);
const tokenizerSchema = z.object({ model: z.object({ vocab: vocabularySchema }) });

/** The first timestamp is at most 1 s in, unless the model says otherwise. */
const usualFirstStamp = 50;

/** What the ids of a whisper stand for. */
export interface WhisperTokens {
  start: number;
  end: number;
  noTimestamps: number;
  /** `<|0.00|>`; each of the 1501 is 20 ms after the one before. */
  firstStamp: number;
  noSpeech: number;
  /** By code, e.g. `en`; none where the model knows English only. */
  languages: ReadonlyMap<string, number>;
  transcribe?: number;
  suppressed: readonly number[];
  suppressedFirst: readonly number[];
  latestFirstStamp: number;
  /** The words of tokens; those that are no text say nothing. */
  textOf(tokens: readonly number[]): string;
}

export const stampSeconds = 0.02;
export const stamps = 1501;

/**
 * @param tokenizer `tokenizer.json`, or `vocab.json`
 * @param generation `generation_config.json`
 * @throws Error that says what is wrong with them
 */
export function readWhisperTokens(tokenizer: string, generation: string): WhisperTokens {
  const config = check(generationSchema, generation, 'generation_config.json');
  const whole = JSON.parse(tokenizer) as unknown;
  const isTokenizer = tokenizerSchema.safeParse(whole);
  const vocabulary = isTokenizer.success ? isTokenizer.data.model.vocab : check(vocabularySchema, tokenizer, 'the vocabulary');
  const { eos_token_id: end, no_timestamps_token_id: noTimestamps } = config;
  // A vocabulary may name special tokens too: those say nothing.
  const pieces = new Map(Object.entries(vocabulary).flatMap(([piece, token]) => (token < end ? [[token, piece] as const] : [])));
  const languages = config.is_multilingual === false ? {} : (config.lang_to_id ?? {});
  return {
    start: config.decoder_start_token_id,
    end,
    noTimestamps,
    firstStamp: noTimestamps + 1,
    noSpeech: noTimestamps - 1,
    languages: new Map(Object.entries(languages).map(([name, token]) => [name.replace(/^<\|(.*)\|>$/, '$1'), token])),
    ...(config.is_multilingual === false || config.task_to_id?.['transcribe'] === undefined ? {} : { transcribe: config.task_to_id['transcribe'] }),
    suppressed: [...(config.suppress_tokens ?? []), noTimestamps],
    suppressedFirst: config.begin_suppress_tokens ?? [],
    latestFirstStamp: noTimestamps + 1 + (config.max_initial_timestamp_index ?? usualFirstStamp),
    textOf: (tokens) => textOf(tokens.map((token) => pieces.get(token) ?? '').join('')),
  };
}

function check<T>(schema: z.ZodType<T>, text: string, name: string): T {
  const parsed = schema.safeParse(JSON.parse(text));
  if (!parsed.success) {
    throw new Error(`${name} is not whisper's: ${z.prettifyError(parsed.error).slice(0, 300)}`);
  }
  return parsed.data;
}

/** GPT-2's letters for bytes: those that can be printed are themselves, the others follow from U+0100 on. */
const byteOf = new Map<string, number>();
for (let byte = 0, next = 256; byte < 256; byte++) {
  const isPrinted = (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
  byteOf.set(String.fromCodePoint(isPrinted ? byte : next++), byte);
}

function textOf(letters: string): string {
  return new TextDecoder().decode(Uint8Array.from([...letters].flatMap((letter) => byteOf.get(letter) ?? [])));
}
