import { isJsonObject, type Json, type JsonObject, jsonObject } from '../json/json.js';
import { fromPlain, toPlain } from '../json/plainJson.js';
import { SpillFiles } from '../spillFiles.js';
import type { EntryContainer } from './entryContainer.js';
import { jsonContainer } from './jsonContainer.js';
import { Via3Project } from './via3Project.js';

const metadata = jsonContainer({ usual: 'members', inside: { key: 'metadata', isEntry: () => false } });

/**
 * VIA 3 projects: the entries are the members of `metadata`. What they are about stands around them, partly behind, so
 * a file is read twice. The frame is the project without its metadata.
 */
export const via3Container: EntryContainer = {
  async *read(file, setFrame) {
    let around: unknown;
    for await (const _ of metadata.read(file, (frame) => (around = frame))) {
      // Only what stands around them is wanted.
    }
    const frame = fromPlain(around ?? {});
    const members = (key: string): JsonObject => {
      const found = isJsonObject(frame) ? frame.get(key) : undefined;
      return isJsonObject(found) ? found : new Map<string, Json>();
    };
    const inside = isJsonObject(frame) ? frame.get('inside') : undefined;
    setFrame(toPlain(jsonObject({ inside, before: members('before'), after: members('after') })));
    yield* metadata.read(file, () => undefined);
  },
  async write(entries, sink, plain) {
    const project = new Via3Project(plain);
    const waiting = new SpillFiles();
    try {
      // New clips go into the parts in front of the metadata.
      for await (const entry of entries) {
        await waiting.add(0, JSON.stringify(toPlain(project.settle(entry))));
      }
      const settled = async function* (): AsyncIterable<Json> {
        for await (const line of waiting.lines(0)) {
          yield fromPlain(JSON.parse(line));
        }
      };
      await metadata.write(settled(), sink, toPlain(project.frame()));
    } finally {
      await waiting.dispose();
    }
  },
};
