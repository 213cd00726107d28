import type { EntryContainer } from './entryContainer.js';
import type { SourceFile } from './format.js';

interface Choice {
  name: string;
  container: EntryContainer;
  /** By the first bytes of a file, white space and byte order mark left out. The last choice takes what is left. */
  fits(head: Buffer): boolean;
}

/** Files of one format that come in several containers. The first is the one for what was not imported. */
export function eitherContainer(choices: readonly [Choice, ...Choice[]]): EntryContainer {
  const [usual] = choices;
  return {
    async *read(file, setFrame) {
      const head = await headOf(file);
      const { name, container } = choices.find((each) => each.fits(head)) ?? usual;
      const kind = name === usual.name ? {} : { kind: name };
      const set = (frame: unknown): void => setFrame(frame === undefined && name === usual.name ? undefined : { ...kind, frame });
      set(undefined);
      yield* container.read(file, set);
    },
    write(entries, sink, plain) {
      const { kind, frame } = (plain ?? {}) as { kind?: string; frame?: unknown };
      const { container } = choices.find(({ name }) => name === kind) ?? usual;
      return container.write(entries, sink, frame);
    },
  };
}

/** Whether a text begins as JSON does. */
export function looksLikeJson(head: Buffer): boolean {
  return head[0] === 0x7b || head[0] === 0x5b;
}

const headBytes = 256;

/** The first bytes of a file, white space and byte order mark left out. */
export async function headOf(file: SourceFile): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const chunk of file.open()) {
    parts.push(chunk);
    if (parts.reduce((sum, { length }) => sum + length, 0) >= headBytes) {
      break;
    }
  }
  const head = Buffer.concat(parts);
  const bare = head.subarray(head[0] === 0xef && head[1] === 0xbb ? 3 : 0);
  const start = bare.findIndex((byte) => ![0x20, 0x09, 0x0a, 0x0d].includes(byte));
  return bare.subarray(Math.max(0, start));
}
