/*
 * What VideoChat uses of the editor's language models, as an interface of its own: parts of it are newer than the oldest
 * editor that VideoChat runs in, and tests have their own.
 */

/** Our own models among the editor's: they would ask us, and we them. */
export const ownVendor = 'videochat';

export interface EditorModel {
  readonly id: string;
  readonly vendor: string;
  readonly family: string;
  readonly name: string;
  readonly maxInputTokens: number;
  sendRequest(messages: unknown[], options: { justification?: string; modelOptions?: Record<string, unknown> }, token: EditorToken): Thenable<{ text: AsyncIterable<string> }>;
  countTokens?(text: string, token?: EditorToken): Thenable<number>;
}

export interface EditorToken {
  readonly isCancellationRequested: boolean;
  onCancellationRequested(listener: (event: unknown) => unknown): { dispose(): unknown };
}

export interface EditorApi {
  selectModels(selector: { vendor?: string; family?: string; id?: string }): Thenable<readonly EditorModel[]>;
  /** Whether the person lets VideoChat use it; undefined: was not asked yet. */
  mayUse(model: EditorModel): boolean | undefined;
  message(role: 'user' | 'assistant', parts: unknown[]): unknown;
  textPart(text: string): unknown;
  /** Undefined where the editor cannot hand over pictures. */
  imagePart: ((data: Uint8Array, mimeType: string) => unknown) | undefined;
  readFile(path: string): Promise<Uint8Array>;
}
