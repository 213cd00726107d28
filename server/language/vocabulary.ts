import { ErrorCode, phrase, VideoChatError } from '../protocol/index.js';
import type { LlamaApi } from './bindings.js';
import type { Pointer } from './structs.js';
import { betweenCharacters, readUtf8 } from './utf8.js';

/** A loaded model's tokeniser. Pieces are cached: a token's bytes never change. */
export class Vocabulary {
  readonly size: number;
  private readonly pieces = new Map<number, Uint8Array>();
  private readonly specials = new Map<string, number>();
  private scratch = new Uint8Array(256);
  private sayableTokens: Int32Array | undefined;
  private fragments: ReadonlySet<number> | undefined;

  constructor(
    private readonly api: LlamaApi,
    /** libllama's own. */
    readonly vocab: Pointer,
  ) {
    this.size = api.vocabSize(vocab);
  }

  /**
   * Text → token ids. Text that looks like a control token (`</s>`) stays text: questions and file names
   * are not trusted.
   *
   * @param bos put the beginning-of-sequence token first, if the model wants one
   */
  tokenize(text: string, bos: boolean): number[] {
    return this.read(text, bos, false);
  }

  /**
   * The id of a token that the model was taught as one, e.g. `</s>`.
   *
   * @throws ModelCorrupt if the vocabulary has no such token
   */
  special(text: string): number {
    let id = this.specials.get(text);
    if (id === undefined) {
      const [first, ...more] = this.read(text, false, true);
      if (first === undefined || more.length > 0) {
        throw new VideoChatError(ErrorCode.ModelCorrupt, phrase`The language model has no token "${text}".`, {
          hint: 'The GGUF does not belong to this manifest; correct prompt.specialTokens, or export the model again.',
        });
      }
      this.specials.set(text, (id = first));
    }
    return id;
  }

  private read(text: string, bos: boolean, special: boolean): number[] {
    // koffi passes the bytes by pointer, and an empty array has none.
    const bytes = Buffer.from(text === '' ? '\0' : text, 'utf8');
    const length = text === '' ? 0 : bytes.length;
    let ids = new Int32Array(length + 8);
    let count = this.api.tokenize(this.vocab, bytes, length, ids, ids.length, bos, special);
    if (count < 0 && count > -(2 ** 31)) {
      ids = new Int32Array(-count);
      count = this.api.tokenize(this.vocab, bytes, length, ids, ids.length, bos, special);
    }
    if (count < 0) {
      throw new VideoChatError(ErrorCode.InvalidParams, 'The text is too long for the language model.');
    }
    return Array.from(ids.subarray(0, count));
  }

  /** The bytes a token stands for; none for control tokens. One character may span several tokens. */
  piece(token: number): Uint8Array {
    let piece = this.pieces.get(token);
    if (!piece) {
      let length = this.api.tokenToPiece(this.vocab, token, this.scratch, this.scratch.length, 0, false);
      if (length < 0) {
        this.scratch = new Uint8Array(-length);
        length = this.api.tokenToPiece(this.vocab, token, this.scratch, this.scratch.length, 0, false);
      }
      piece = this.scratch.slice(0, Math.max(0, length));
      this.pieces.set(token, piece);
    }
    return piece;
  }

  /** The model says that its answer is over: EOS, end of turn and the like. */
  isEnd(token: number): boolean {
    return this.api.isEndOfGeneration(this.vocab, token);
  }

  /** The tokens that stand for text or end an answer; control tokens are neither. */
  get sayable(): Int32Array {
    this.sayableTokens ??= Int32Array.from({ length: this.size }, (_, token) => token).filter(
      (token) => this.piece(token).length > 0 || this.isEnd(token),
    );
    return this.sayableTokens;
  }

  /** The token's bytes are not characters by themselves: a part of one, as byte tokens are. */
  isFragment(token: number): boolean {
    this.fragments ??= new Set(this.sayable.filter((id) => readUtf8(betweenCharacters, this.piece(id)) !== betweenCharacters));
    return this.fragments.has(token);
  }
}
