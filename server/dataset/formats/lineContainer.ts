import { phrase } from '../../protocol/index.js';
import type { Json } from '../json/json.js';
import { decodeUtf8 } from './decodeUtf8.js';
import type { EntryContainer, RawEntry } from './entryContainer.js';
import type { SourceFile } from './format.js';
import { formatInvalid } from './formatError.js';

interface Frame {
  bom?: boolean;
  crlf?: boolean;
}

const longestLine = 16 * 1024 * 1024;

/** Lines of a text file. @param split a line as an entry; @param join the way back */
export function lineContainer(split: (line: string) => Json, join: (entry: Json) => string): EntryContainer {
  return {
    async *read(file, setFrame) {
      const frame: Frame = {};
      for await (const { text, line } of linesOf(file)) {
        if (line === 1) {
          frame.bom = text.startsWith('\uFEFF');
          frame.crlf = text.endsWith('\r');
        }
        const bare = (frame.crlf ? text.replace(/\r$/, '') : text).replace(line === 1 ? /^\uFEFF/ : /^$/, '');
        if (bare.trim() !== '') {
          yield { entry: split(bare), line } satisfies RawEntry;
        }
      }
      setFrame(frame.bom || frame.crlf ? Object.fromEntries(Object.entries(frame).filter(([, value]) => value)) : undefined);
    },
    async write(entries, sink, plain) {
      const { bom, crlf } = (plain ?? {}) as Frame;
      let first = true;
      for await (const entry of entries) {
        await sink.write(`${first && bom ? '\uFEFF' : ''}${join(entry)}${crlf ? '\r\n' : '\n'}`);
        first = false;
      }
    },
  };
}

async function* linesOf(file: SourceFile): AsyncIterable<{ text: string; line: number }> {
  let rest = '';
  let line = 0;
  for await (const chunk of decodeUtf8(file)) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > longestLine) {
      throw formatInvalid(file.path, phrase`line ${line + 1}`, phrase`shorter lines`);
    }
    for (const text of lines) {
      line++;
      yield { text, line };
    }
  }
  if (rest !== '') {
    yield { text: rest, line: line + 1 };
  }
}
