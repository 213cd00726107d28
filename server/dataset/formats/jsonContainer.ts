import { phrase } from '../../protocol/index.js';
import { isJsonObject, type Json, type JsonObject, jsonObject } from '../json/json.js';
import { type JsonElement, type JsonShape, JsonSplitError, JsonSplitter } from '../json/jsonSplitter.js';
import { JsonSyntaxError, parseJson } from '../json/parseJson.js';
import { fromPlain, toPlain } from '../json/plainJson.js';
import { writeJson } from '../json/writeJson.js';
import type { EntryContainer, RawEntry } from './entryContainer.js';
import type { SourceFile } from './format.js';
import { formatInvalid } from './formatError.js';

export interface JsonContainerOptions {
  /** What the format usually is: a list, an object whose members are the entries, JSON Lines. */
  usual: JsonShape;
  /** Entries may also be the members of this member of the outermost object. */
  inside?: {
    key: string;
    /** Is this outermost member an entry, so that the file has no such member around its entries? */
    isEntry(value: Json): boolean;
  };
}

/** Where entries stand, if not as usual, and what stands around them. */
interface Frame {
  shape?: JsonShape;
  inside?: 'array' | 'members';
  before?: JsonObject;
  after?: JsonObject;
}

const mostFrameMembers = 1000;

/** JSON files of any size: lists, objects, JSON Lines. */
export function jsonContainer(options: JsonContainerOptions): EntryContainer {
  return {
    read: (file, setFrame) => readEntries(file, options, (frame) => setFrame(frameToPlain(frame, options))),
    write: async (entries, sink, plain) => {
      const frame = frameFromPlain(plain);
      const shape = frame.inside ?? frame.shape ?? options.usual;
      const around = (members: JsonObject | undefined): string[] =>
        [...(members ?? [])].map(([key, value]) => `${JSON.stringify(key)}: ${writeJson(value)}`);
      const open = shape === 'array' ? '[' : shape === 'members' ? '{' : '';
      const head = frame.inside ? `{\n${[...around(frame.before), `${JSON.stringify(options.inside?.key)}: ${open}`].join(',\n')}` : open;
      let first = true;
      for await (const entry of entries) {
        const text = shape === 'members' && Array.isArray(entry) ? `${JSON.stringify(entry[0])}: ${writeJson(entry[1] ?? null)}` : writeJson(entry);
        await sink.write(shape === 'values' ? `${text}\n` : `${first ? `${head}\n` : ',\n'}${text}`);
        first = false;
      }
      if (shape !== 'values') {
        const close = shape === 'array' ? ']' : '}';
        const tail = frame.inside ? `${[close, ...around(frame.after)].join(',\n')}\n}` : close;
        await sink.write(`${first ? head : ''}\n${tail}\n`);
      }
    },
  };
}

async function* readEntries(file: SourceFile, options: JsonContainerOptions, setFrame: (frame: Frame) => void): AsyncIterable<RawEntry> {
  const splitter = new JsonSplitter({ object: options.usual === 'values' || options.usual === 'array' ? 'values' : 'members', inside: options.inside?.key });
  const before: JsonObject = new Map();
  const after: JsonObject = new Map();
  const held: RawEntry[] = [];
  let plain = options.inside === undefined;
  const take = function* (elements: Iterable<JsonElement>): Iterable<RawEntry> {
    for (const { text, key, line, inside } of elements) {
      const value = parse(file, text, line);
      const raw = { entry: key === undefined ? value : [key, value], line };
      plain ||= !inside && splitter.insideShape === undefined && options.inside?.isEntry(value) === true;
      if (plain) {
        splitter.stopLooking();
      }
      if (plain || inside || key === undefined) {
        yield* plain ? held.splice(0) : [];
        yield raw;
      } else {
        (splitter.insideShape === undefined ? before : after).set(key, value);
        held.push(raw);
        if (before.size + after.size > mostFrameMembers) {
          throw formatInvalid(file.path, phrase`line ${line}`, phrase`"${options.inside?.key ?? ''}" with the entries`);
        }
      }
    }
  };
  try {
    for await (const chunk of file.open()) {
      yield* take(splitter.push(chunk));
    }
    yield* take(splitter.end());
  } catch (error) {
    throw error instanceof JsonSplitError ? formatInvalid(file.path, phrase`line ${error.line}`, error.expected) : error;
  }
  if (splitter.insideShape === undefined) {
    yield* held;
  }
  const { shape, insideShape } = splitter;
  setFrame(insideShape === undefined || plain ? { shape } : { shape, inside: insideShape, before, after });
}

function parse(file: SourceFile, text: string, line: number): Json {
  try {
    return parseJson(text);
  } catch (error) {
    if (error instanceof JsonSyntaxError) {
      const lines = text.slice(0, error.offset).split('\n');
      throw formatInvalid(file.path, phrase`line ${line + lines.length - 1}`, error.expected);
    }
    throw error;
  }
}

function frameToPlain({ shape, inside, before, after }: Frame, { usual }: JsonContainerOptions): unknown {
  const some = (members: JsonObject | undefined): JsonObject | undefined => (members && members.size > 0 ? members : undefined);
  const frame = jsonObject({ shape: inside || shape === usual ? undefined : shape, inside, before: some(before), after: some(after) });
  return frame.size > 0 ? toPlain(frame) : undefined;
}

function frameFromPlain(plain: unknown): Frame {
  const frame = fromPlain(plain);
  if (!isJsonObject(frame)) {
    return {};
  }
  const members = (key: string): JsonObject | undefined => {
    const found = frame.get(key);
    return isJsonObject(found) ? found : undefined;
  };
  const shape = frame.get('shape');
  const inside = frame.get('inside');
  return {
    ...(shape === 'array' || shape === 'members' || shape === 'values' ? { shape } : {}),
    ...(inside === 'array' || inside === 'members' ? { inside } : {}),
    before: members('before'),
    after: members('after'),
  };
}
