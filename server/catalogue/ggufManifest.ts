import { type GgufChat, ggufChat, ggufCheck, type GgufSummary } from '../language/ggufCheck.js';
import { ggufShape } from '../language/ggufShape.js';
import { parseManifest } from '../models/manifest.js';
import { checkPrompt } from '../models/prompt.js';
import { phrase } from '../protocol/index.js';
import { refusal } from './refusal.js';

const usualContext = 8_192;
const templateLimit = 16_000;

export interface GgufIdentity {
  id: string;
  name?: string;
  licence?: string;
  contextLength?: number;
  /** Name of the file in the model's folder. */
  path: string;
  sha256: string;
}

/** Conversations of families whose own templates want something that ours do not give, e.g. roles in turn. */
const families: { marker: string; template: string }[] = [
  {
    marker: '<|im_start|>',
    template:
      '{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n{% endfor %}' +
      '{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}',
  },
  {
    marker: '<|start_header_id|>',
    template:
      '{% for message in messages %}<|start_header_id|>{{ message.role }}<|end_header_id|>\n\n{{ message.content }}<|eot_id|>{% endfor %}' +
      '{% if add_generation_prompt %}<|start_header_id|>assistant<|end_header_id|>\n\n{% endif %}',
  },
  {
    marker: '<start_of_turn>',
    template:
      "{% for message in messages %}<start_of_turn>{% if message.role == 'assistant' %}model{% else %}user{% endif %}\n{{ message.content }}<end_of_turn>\n{% endfor %}" +
      '{% if add_generation_prompt %}<start_of_turn>model\n{% endif %}',
  },
];

/**
 * The manifest of a language model that answers from timelines, made of what its own file says.
 *
 * @throws VideoChatError ModelCorrupt, ImportRefused
 */
export async function ggufManifest(file: string, identity: GgufIdentity): Promise<{ manifest: object; facts: Record<string, string> }> {
  const summary = await ggufCheck(file);
  if (summary.architecture === 'clip') {
    throw refusal(file, phrase`It is a projector of llama.cpp, which sees for another file.`, phrase`Import the language model itself, or run both with llama-server as a model elsewhere.`);
  }
  const chat = await ggufChat(file);
  const shape = await ggufShape(file);
  const template = findTemplate(file, chat, (candidate) => checkPrompt(parseManifest(build(identity, summary, chat, candidate), identity.id)));
  const facts = {
    architecture: summary.architecture,
    layers: String(summary.layers),
    heads: String(shape.heads),
    keyValueHeads: String(shape.keyValueHeads),
    quantisation: shape.quantisation,
    width: String(summary.width),
    trainedContext: String(summary.trainedContext),
    vocabulary: String(summary.vocabulary),
    template: template === chat.template ? 'own' : 'family',
  };
  return { manifest: build(identity, summary, chat, template), facts };
}

/** The file's own template, else that of its family, whichever shows a conversation about a timeline. */
function findTemplate(file: string, chat: GgufChat, check: (template: string) => void): string {
  const { template } = chat;
  if (template === undefined) {
    throw refusal(file, phrase`It has no chat template: it continues texts, but does not answer.`, phrase`Choose a model that was taught to chat; its name often ends in "Instruct" or "Chat".`);
  }
  const candidates = [...(template.length <= templateLimit ? [template] : []), ...families.filter(({ marker }) => template.includes(marker)).map((family) => family.template)];
  for (const candidate of candidates) {
    try {
      check(candidate);
      return candidate;
    } catch {
      // The next one.
    }
  }
  throw refusal(file, phrase`Its chat template cannot show a timeline and questions about it.`, phrase`Write a manifest by hand; models/README.md describes every field.`);
}

function build({ id, name, licence, contextLength, path, sha256 }: GgufIdentity, summary: GgufSummary, chat: GgufChat, template: string): object {
  // BOS is the tokeniser's; and what a model thinks aloud is no answer.
  const preamble = `{% set enable_thinking = false %}${chat.endToken === undefined ? '' : `{% set eos_token = ${JSON.stringify(chat.endToken)} %}`}`;
  const whole = preamble + template;
  const specialTokens = chat.controlTokens.filter((token) => token.length <= 100 && whole.includes(token)).slice(0, 64);
  return {
    schemaVersion: 1,
    id,
    name: (name ?? chat.name ?? id).slice(0, 200),
    description: 'Imported. It answers from timelines.',
    version: '1',
    licence: licence ?? 'unknown',
    demonstration: false,
    abilities: ['timeline'],
    files: { language: { path, bytes: summary.bytes, sha256 } },
    language: { variants: { imported: 'language' }, default: 'imported', contextLength: Math.max(128, Math.min(contextLength ?? usualContext, summary.trainedContext)) },
    prompt: { template: whole, ...(specialTokens.length > 0 ? { specialTokens } : {}) },
    stop: { texts: chat.endToken === undefined || chat.endToken === '' ? [] : [chat.endToken.slice(0, 100)], ids: [], trimAfter: [] },
    sampling: { temperature: 0.7, topP: 0.9, maxTokens: 512 },
  };
}
