import { ErrorCode, phrase, type SamplingOptions, VideoChatError } from '../protocol/index.js';
import { callAsync, type LlamaApi } from './bindings.js';
import { Candidates } from './candidates.js';
import { checkGrammar } from './checkGrammar.js';
import { Sampler } from './sampler.js';
import type { StopRules } from './stopMatcher.js';
import type { Pointer } from './structs.js';
import { betweenCharacters, readUtf8 } from './utf8.js';
import type { Vocabulary } from './vocabulary.js';

/**
 * Chooses tokens so that the answer is a sentence of a grammar. libllama ends the process if it is handed a
 * token that its grammar forbids, so the grammar is asked first, about every token, and what is drawn from
 * the rest is allowed.
 */
export class GrammarSampler {
  private readonly candidates: Candidates;
  private readonly sampler: Sampler;
  private readonly closers: ReadonlySet<number>;
  private over = false;
  /** Where the answer's bytes stand. */
  private character = betweenCharacters;

  private constructor(
    private readonly api: LlamaApi,
    private readonly vocabulary: Vocabulary,
    private readonly grammar: Pointer,
    sampling: Required<SamplingOptions>,
    stop: StopRules,
  ) {
    this.candidates = new Candidates(vocabulary.sayable.length);
    this.sampler = new Sampler(api, vocabulary.size, sampling);
    this.closers = closersOf(vocabulary, stop);
  }

  /**
   * @param stop what the model was taught to end its answers with; where the grammar may end, it may say so
   * @throws InvalidParams for a grammar that cannot be used
   */
  static async create(
    api: LlamaApi,
    vocabulary: Vocabulary,
    grammar: string,
    sampling: Required<SamplingOptions>,
    stop: StopRules,
  ): Promise<GrammarSampler> {
    checkGrammar(grammar);
    const native = await callAsync(api.samplerGrammar, vocabulary.vocab, grammar, 'root');
    if (!native) {
      throw new VideoChatError(ErrorCode.InvalidParams, 'The grammar of the answer cannot be read.', {
        hint: 'It must be GBNF with a rule `root`, without left recursion. The server log says more.',
      });
    }
    return new GrammarSampler(api, vocabulary, native, sampling, stop);
  }

  /** The last token ended the answer, though the model's own vocabulary may have another name for its end. */
  get ended(): boolean {
    return this.over;
  }

  /**
   * @param logits scores after the newest position
   * @throws InvalidParams if the model has no token that goes on as the grammar wants
   */
  sample(logits: Float32Array): number {
    const { candidates, vocabulary } = this;
    candidates.fill(vocabulary.sayable, logits);
    this.forbidBrokenText();
    this.api.samplerApply(this.grammar, candidates.native);
    const forbidden = this.openClosers(logits);
    candidates.keepAllowed();
    if (candidates.size === 0) {
      throw new VideoChatError(ErrorCode.InvalidParams, phrase`The model has no words for what the grammar of the answer asks for.`);
    }
    const token = this.sampler.choose(candidates);
    this.over = vocabulary.isEnd(token) || forbidden.has(token);
    if (!this.over) {
      this.api.samplerAccept(this.grammar, token);
      this.character = readUtf8(this.character, vocabulary.piece(token)) ?? betweenCharacters;
    }
    return token;
  }

  dispose(): void {
    this.sampler.dispose();
    this.api.samplerFree(this.grammar);
  }

  /** Models that spell characters byte by byte may spell none. */
  private forbidBrokenText(): void {
    const { candidates, vocabulary, character } = this;
    for (let i = 0; i < candidates.size; i++) {
      const token = candidates.token(i);
      const stays = character === betweenCharacters ? !vocabulary.isFragment(token) : vocabulary.isEnd(token);
      if (!stays && readUtf8(character, vocabulary.piece(token)) === undefined) {
        candidates.score(i, -Infinity);
      }
    }
  }

  /**
   * Where the grammar may end, lets the beginnings of stop sequences in as other names of the end.
   *
   * @returns those that the grammar itself has no place for
   */
  private openClosers(logits: Float32Array): ReadonlySet<number> {
    const { candidates, vocabulary, closers } = this;
    const forbidden = new Map<number, number>();
    let mayEnd = false;
    for (let i = 0; i < candidates.size; i++) {
      const token = candidates.token(i);
      if (candidates.isAllowed(i)) {
        mayEnd ||= vocabulary.isEnd(token);
      } else if (closers.has(token)) {
        forbidden.set(token, i);
      }
    }
    if (!mayEnd) {
      return new Set();
    }
    for (const [token, index] of forbidden) {
      candidates.score(index, logits[token] ?? -Infinity);
    }
    return new Set(forbidden.keys());
  }
}

/** Tokens that a stop sequence or a stop text begins with. */
function closersOf(vocabulary: Vocabulary, stop: StopRules): ReadonlySet<number> {
  const closers = new Set(stop.ids.flatMap(([first]) => (first === undefined ? [] : [first])));
  const texts = stop.texts.map((text) => text.trimStart()).filter((text) => text !== '');
  if (texts.length > 0) {
    for (const token of vocabulary.sayable) {
      const piece = Buffer.from(vocabulary.piece(token)).toString('utf8').trimStart();
      if (piece !== '' && texts.some((text) => text.startsWith(piece) || piece.startsWith(text))) {
        closers.add(token);
      }
    }
  }
  return closers;
}
