/** What is used of the package, whose own types cannot be resolved from modules. */
declare module '@huggingface/tokenizers' {
  export class Tokenizer {
    /** @param tokenizer a parsed `tokenizer.json` @param config a parsed `tokenizer_config.json` */
    constructor(tokenizer: object, config: object);
    encode(text: string): { ids: number[] };
  }
}
