import type { GenerateRequest, GenerateResult, LanguageRuntime, LanguageSessionRuntime, PromptPiece } from '../engine/engineParts.js';
import type { AnswerForm } from '../models/answerForm.js';
import type { BackendRules } from '../models/backendRules.js';
import { ErrorCode, VideoChatError } from '../protocol/index.js';
import { CancellationToken } from 'vscode-jsonrpc/node';
import type { Backend, BackendMessage } from './backend.js';
import { estimateTokens } from './estimateTokens.js';
import { letterLogProbs, type TokenLogProb } from './openai/tokenLogProbs.js';
import { readJson } from './readJson.js';
import { toMessages } from './toMessages.js';

/** Tokens of an answer where nobody says. */
const usualAnswerTokens = 2048;
/** Characters that one token stands for at most: an answer that is longer is cut off, whatever the other end does. */
const charactersPerToken = 16;
/** Of the tokens at one place; more are not told. */
const mostTop = 20;
/** Where neither the manifest nor the backend tells, in tokens. */
const usualContextLength = 8192;

/** A model that answers elsewhere, as the engine sees a language model. Sessions hold nothing: each question is sent whole. */
export class BackendLanguage implements LanguageRuntime {
  readonly gpuLayers = 0;
  readonly contextLength: number;

  constructor(
    private readonly backend: Backend,
    private readonly rules: BackendRules,
  ) {
    this.contextLength = rules.contextLength ?? backend.contextLength ?? usualContextLength;
  }

  get device(): string {
    return this.backend.device;
  }

  get refusesImages(): boolean {
    return this.backend.refusesImages;
  }

  get takesVideo(): boolean {
    return this.backend.takesVideo ?? false;
  }

  countTokens(text: string): number {
    return estimateTokens(text);
  }

  createSession(): LanguageSessionRuntime {
    return {
      countPrompt: (pieces) => this.countPrompt(pieces),
      generate: (request) => this.generate(request),
      dispose: () => Promise.resolve(),
    };
  }

  async dispose(): Promise<void> {
    await this.backend.dispose();
  }

  private countPrompt(pieces: readonly PromptPiece[]): number {
    return toMessages(pieces).reduce((sum, { parts }) => sum + parts.reduce((tokens, part) => tokens + (typeof part === 'string' ? estimateTokens(part) : this.rules.tokensPerFrame * (part.frames ?? 1)), 4), 0);
  }

  private async generate({ pieces, sampling, stop, grammar, form, letters, withLogProbs = false, client, token = CancellationToken.None, onText }: GenerateRequest): Promise<GenerateResult> {
    if (grammar !== undefined && !form) {
      throw new Error('A backend needs the form of an answer, not only its grammar.');
    }
    const started = performance.now();
    let firstMs: number | undefined;
    let text = '';
    const maxTokens = sampling.maxTokens ?? usualAnswerTokens;
    const messages = toMessages(pieces);
    const answer = await this.backend.complete({
      messages: form ? withForm(messages, form) : messages,
      sampling: { ...sampling, maxTokens },
      stop: stop.texts,
      ...(form ? { form } : {}),
      ...(client === undefined ? {} : { client }),
      ...(letters || withLogProbs ? { logProbs: { top: letters ? mostTop : 0 } } : {}),
      token,
      onText: (delta) => {
        firstMs ??= performance.now() - started;
        text += delta;
        if (!form) {
          onText?.(delta);
        }
        return text.length < maxTokens * charactersPerToken;
      },
    });
    if (form && answer.stopReason !== 'cancelled') {
      text = writeForm(form, text);
      onText?.(text);
    }
    const told = answer.tokens && letters && letterLogProbs(answer.tokens, letters);
    const totalMs = performance.now() - started;
    const promptTokens = answer.promptTokens ?? this.countPrompt(pieces);
    const reusedTokens = Math.min(promptTokens, answer.cachedTokens ?? 0);
    return {
      text,
      stopReason: answer.stopReason,
      promptTokens,
      reusedTokens,
      prefilledTokens: promptTokens - reusedTokens,
      generatedTokens: answer.generatedTokens ?? estimateTokens(text),
      prefillMs: firstMs ?? totalMs,
      generateMs: totalMs - (firstMs ?? totalMs),
      ...(withLogProbs && answer.tokens ? { logProbs: toLogProbs(answer.tokens, form !== undefined) } : {}),
      ...(told ? { letterLogProbs: told } : {}),
    };
  }
}

/** As a runtime here tells them: the last one is the end's, which other ends do not tell. In JSON the numbers say what matters. */
function toLogProbs(tokens: readonly TokenLogProb[], isForm: boolean): number[] {
  const counted = isForm ? tokens.filter(({ token }) => /\d/.test(token)) : tokens;
  return counted.length === 0 ? [] : [...counted.map(({ logProb }) => logProb), 0];
}

/** Says in words too what is wanted: a server that takes no schema then has a chance. */
function withForm(messages: readonly BackendMessage[], { schema }: AnswerForm): BackendMessage[] {
  const wanted = `Answer with one JSON object and nothing else. It follows this JSON Schema:\n${JSON.stringify(schema)}`;
  return messages.map(({ role, parts }, index) => {
    const last = parts.at(-1);
    if (index < messages.length - 1) {
      return { role, parts };
    }
    return { role, parts: typeof last === 'string' ? [...parts.slice(0, -1), `${last}\n\n${wanted}`] : [...parts, wanted] };
  });
}

function writeForm(form: AnswerForm, text: string): string {
  const sentence = form.write(readJson(text));
  if (sentence === undefined) {
    throw new VideoChatError(ErrorCode.AnswerMalformed, 'The model has not answered in the form that was asked for.', {
      hint: 'Ask again, or choose a model or server that holds answers to a JSON Schema.',
    });
  }
  return sentence;
}
