import { type AnnotatedTurn, phrase } from '../../protocol/index.js';
import { isJsonObject, type Json, type JsonObject, jsonObject } from '../json/json.js';
import { isPicture } from './clipName.js';
import type { EntryLayout, NamedClip } from './entryCodec.js';
import { entryFormat } from './entryFormat.js';
import { EntryMismatch } from './formatError.js';
import { jsonContainer } from './jsonContainer.js';
import { turnsOf } from './questionAnswerTurns.js';
import { listOf, objectOf, textOf } from './readJsonFields.js';

/** `parts`: contents are lists; `mixed`: only the person's are; `strings`: none is, and clips stand in `videos`. */
type Style = 'parts' | 'mixed' | 'strings';
const order = ['messages', 'role', 'content', 'type', 'video', 'image', 'text', 'videos', 'images'];
const mediaKeys = ['video', 'image', 'path', 'url', 'video_url', 'image_url'];

function layout(style: Style): EntryLayout {
  return {
    name: style,
    order,
    fits: (entry) => styleOf(entry) === style,
    codec: {
      unit: 'item',
      read: (value) => {
        const entry = objectOf(value, phrase`each item`);
        const messages = listOf(entry.get('messages'), '"messages"').map((each) => objectOf(each, phrase`each message`));
        const clip = clipOf(entry, messages);
        let firstUser = clip !== undefined && style === 'strings';
        const turns = messages.map((message): AnnotatedTurn => {
          const name = textOf(message.get('role'), '"role"');
          const role = name === 'system' || name === 'assistant' ? name : 'user';
          const text = contentText(message.get('content'));
          const tagged = firstUser && role === 'user';
          firstUser &&= role !== 'user';
          return { role, text: tagged && text.startsWith(tagOf(clip?.name)) ? text.slice(tagOf(clip?.name).length) : text };
        });
        const hint = hasUnusualTag(style, clip, messages, turns) ? 'untagged' : undefined;
        return { clip, item: { list: 'conversations', item: { turns } }, hint };
      },
      write: ({ clip, item, hint }) => {
        const turns = turnsOf(item);
        return turns && write(style, clip, turns, hint === 'untagged');
      },
    },
  };
}

function write(style: Style, clip: string | undefined, turns: readonly AnnotatedTurn[], untagged: boolean): Json {
  const kind = isPicture(clip ?? '') ? 'image' : 'video';
  const firstUser = turns.findIndex(({ role }) => role === 'user');
  const messages = turns.map(({ role, text }, i) => {
    const first = i === firstUser && clip !== undefined;
    if (style === 'strings') {
      return jsonObject({ role, content: first && !untagged ? tagOf(clip) + text : text });
    }
    const parts = [...(first ? [jsonObject({ type: kind, [kind]: clip })] : []), jsonObject({ type: 'text', text })];
    return jsonObject({ role, content: style === 'mixed' && role !== 'user' ? text : parts });
  });
  return jsonObject({ messages, ...(style === 'strings' && clip !== undefined ? { [`${kind}s`]: [clip] } : {}) });
}

function styleOf(entry: Json): Style {
  const messages = isJsonObject(entry) ? entry.get('messages') : undefined;
  const found = (Array.isArray(messages) ? messages : []).filter(isJsonObject);
  const inParts = found.filter((message) => Array.isArray(message.get('content'))).length;
  return inParts === 0 ? 'strings' : inParts === found.length ? 'parts' : 'mixed';
}

function contentText(content: Json | undefined): string {
  if (typeof content === 'string') {
    return content;
  }
  if (content === null || content === undefined) {
    return '';
  }
  if (!Array.isArray(content)) {
    throw new EntryMismatch(phrase`"content" to be a text or a list`);
  }
  return content
    .flatMap((part) => {
      const text = isJsonObject(part) ? part.get('text') : part;
      return typeof text === 'string' ? [text] : [];
    })
    .join('\n');
}

/** The first video or picture of the messages, else of the entry. */
function clipOf(entry: JsonObject, messages: readonly JsonObject[]): NamedClip | undefined {
  const parts = messages.flatMap((message) => {
    const content = message.get('content');
    return Array.isArray(content) ? content.filter(isJsonObject) : [];
  });
  const inMessages = parts.flatMap((part) => (part.get('type') === 'text' ? [] : mediaKeys.map((key) => part.get(key))));
  const around = ['videos', 'video', 'images', 'image'].map((key) => entry.get(key));
  for (const found of [...inMessages, ...around]) {
    const first = Array.isArray(found) ? found[0] : isJsonObject(found) ? found.get('url') : found;
    if (typeof first === 'string' && first !== '') {
      return { name: first, kind: 'path' };
    }
  }
  return undefined;
}

/** Whether the first turn of the person lacks the tag that it has as a rule. */
function hasUnusualTag(style: Style, clip: NamedClip | undefined, messages: readonly JsonObject[], turns: readonly AnnotatedTurn[]): boolean {
  const at = turns.findIndex(({ role }) => role === 'user');
  return style === 'strings' && clip !== undefined && at >= 0 && !contentText(messages[at]?.get('content')).startsWith(tagOf(clip.name));
}

function tagOf(clip: string | undefined): string {
  return isPicture(clip ?? '') ? '<image>' : '<video>';
}

/** Chats as Hugging Face's libraries take them, one a line. */
export const messagesFormat = entryFormat({
  name: 'messages',
  extensions: ['.jsonl', '.json'],
  unit: 'item',
  container: jsonContainer({ usual: 'values' }),
  layouts: [layout('parts'), layout('mixed'), layout('strings')],
  keeps: {
    questions: ['answer'],
    conversations: ['system'],
    unedited: 'equal JSON',
    note: 'The clip is the first video or picture of the messages.',
  },
});
