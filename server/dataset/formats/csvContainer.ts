import { phrase } from '../../protocol/index.js';
import { CsvError, parse } from 'csv-parse';
import { stringify } from 'csv-stringify/sync';
import { Readable } from 'node:stream';
import { isJsonObject, type Json, type JsonObject } from '../json/json.js';
import { inKeyOrder, keyRanks } from '../json/keyOrder.js';
import { decodeUtf8 } from './decodeUtf8.js';
import type { EntryContainer } from './entryContainer.js';
import type { SourceFile } from './format.js';
import { formatInvalid } from './formatError.js';

/** What of a table is not usual. */
interface Frame {
  /** Names of the columns. */
  columns?: string[];
  delimiter?: string;
  bom?: boolean;
  crlf?: boolean;
}

const delimiters = [',', '\t', ';', '|'];
const longestHeader = 64 * 1024;

/**
 * Tables with a header: CSV and its relatives. Rows are objects of texts by column, the usual columns first, empty cells
 * left out; cells beyond the header have keys like `+1`.
 */
export function csvContainer(usualColumns: readonly string[]): EntryContainer {
  const ranks = keyRanks(usualColumns);
  return {
    async *read(file, setFrame) {
      const head = await headOf(file);
      const bom = head.startsWith('\uFEFF');
      const firstLine = head.replace(/^\uFEFF/, '').split('\n', 1)[0] ?? '';
      const count = (delimiter: string): number => firstLine.split(delimiter).length;
      const delimiter = delimiters.reduce((best, each) => (count(each) > count(best) ? each : best));
      let columns: string[] | undefined;
      for await (const { record, info } of rows(file, delimiter)) {
        if (columns) {
          yield { entry: inKeyOrder(rowOf(columns, record), ranks), line: info.lines };
        } else {
          columns = unique(record);
        }
      }
      if (!columns) {
        throw formatInvalid(file.path, phrase`line 1`, phrase`a header with the names of the columns`);
      }
      const usual = columns.join('\0') === usualColumns.join('\0');
      const crlf = firstLine.endsWith('\r');
      const frame: Frame = { ...(usual ? {} : { columns }), ...(delimiter === ',' ? {} : { delimiter }), ...(bom && { bom }), ...(crlf && { crlf }) };
      setFrame(Object.keys(frame).length > 0 ? frame : undefined);
    },
    async write(entries, sink, plain) {
      const { columns = usualColumns, delimiter = ',', bom, crlf } = (plain ?? {}) as Frame;
      const line = (cells: readonly string[]): string => stringify([[...cells]], { delimiter, record_delimiter: crlf ? '\r\n' : '\n' });
      await sink.write(`${bom ? '\uFEFF' : ''}${line(columns.map((name) => name.replace(/#\d+$/, '')))}`);
      for await (const entry of entries) {
        await sink.write(line(cellsOf(columns, entry)));
      }
    },
  };
}

async function headOf(file: SourceFile): Promise<string> {
  const parts: Buffer[] = [];
  for await (const chunk of file.open()) {
    parts.push(chunk);
    if (chunk.includes(0x0a) || parts.reduce((sum, { length }) => sum + length, 0) > longestHeader) {
      break;
    }
  }
  return Buffer.concat(parts).toString('utf8');
}

async function* rows(file: SourceFile, delimiter: string): AsyncIterable<{ record: string[]; info: { lines: number } }> {
  const parser = parse({ delimiter, bom: true, info: true, relax_column_count: true, skip_empty_lines: true, max_record_size: 16 * 1024 * 1024 });
  const source = Readable.from(decodeUtf8(file));
  source.on('error', (error) => parser.destroy(error));
  source.pipe(parser);
  try {
    yield* parser as AsyncIterable<{ record: string[]; info: { lines: number } }>;
  } catch (error) {
    if (!(error instanceof CsvError)) {
      throw error;
    }
    const { lines } = error as CsvError & { lines?: number };
    throw formatInvalid(file.path, phrase`line ${lines ?? 1}`, phrase`a table with quotes in pairs`);
  } finally {
    source.destroy();
    parser.destroy();
  }
}

/** Names of columns, told apart where one stands twice. */
function unique(names: readonly string[]): string[] {
  return names.map((name, i) => (names.indexOf(name) < i ? `${name}#${i}` : name));
}

function rowOf(columns: readonly string[], cells: readonly string[]): JsonObject {
  const named = cells.map((cell, i): [string, string] => [columns[i] ?? `+${i - columns.length + 1}`, cell]);
  return new Map(named.filter(([, cell]) => cell !== ''));
}

function cellsOf(columns: readonly string[], entry: Json): string[] {
  if (!isJsonObject(entry)) {
    return [];
  }
  const text = (key: string): string => {
    const value = entry.get(key);
    return typeof value === 'string' ? value : '';
  };
  const beyond = [...entry.keys()].filter((key) => /^\+\d+$/.test(key) && !columns.includes(key));
  const extra = Array.from({ length: Math.max(0, ...beyond.map(Number)) }, (_, i) => text(`+${i + 1}`));
  return [...columns.map(text), ...extra];
}
