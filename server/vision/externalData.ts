import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { ErrorCode, phrase, VideoChatError } from '../protocol/index.js';

type MessageKind = 'model' | 'graph' | 'function' | 'training' | 'node' | 'attribute' | 'sparse' | 'tensor';

/** Fields of onnx.proto that lead to tensors: field number → kind of the message in it. */
const children: Record<MessageKind, Record<number, MessageKind>> = {
  model: { 7: 'graph', 20: 'training', 25: 'function' },
  graph: { 1: 'node', 5: 'tensor', 15: 'sparse' },
  function: { 7: 'node', 11: 'attribute' },
  training: { 1: 'graph', 2: 'graph' },
  node: { 5: 'attribute' },
  attribute: { 5: 'tensor', 6: 'graph', 10: 'tensor', 11: 'graph', 22: 'sparse', 23: 'sparse' },
  sparse: { 1: 'tensor', 2: 'tensor' },
  tensor: {},
};
const externalDataField = 13;
const entryLimit = 64 * 1024;
const depthLimit = 64;

/**
 * Locations of external data that an ONNX file names, wherever its tensors are: initialisers,
 * attributes, nested graphs, functions. Weights are skipped over, not read. ONNX Runtime would open
 * these files, so they must be known before it sees the graph.
 *
 * @throws ModelCorrupt if the file is not a protobuf message with a graph in it
 */
export async function externalDataLocations(path: string): Promise<string[]> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const scan = new Scan(new Reader(file));
    await scan.message('model', 0, size, 0);
    if (!scan.sawGraph) {
      throw new RangeError('no graph in it');
    }
    return [...scan.locations];
  } catch (error) {
    if (!(error instanceof RangeError)) {
      throw error;
    }
    throw new VideoChatError(ErrorCode.ModelCorrupt, phrase`The vision encoder is not a whole ONNX file: ${error.message}.`, {
      hint: 'Install the model again.',
      subject: path,
    });
  } finally {
    await file.close();
  }
}

class Scan {
  readonly locations = new Set<string>();
  sawGraph = false;

  constructor(private readonly reader: Reader) {}

  async message(kind: MessageKind, start: number, end: number, depth: number): Promise<void> {
    if (depth > depthLimit) {
      throw new RangeError('graphs nested too deeply');
    }
    for (let at = start; at < end; ) {
      const field = await this.reader.field(at, end);
      const child = children[kind][field.number];
      if (child !== undefined && field.wireType === 2) {
        this.sawGraph ||= child === 'graph';
        await this.message(child, field.start, field.end, depth + 1);
      } else if (kind === 'tensor' && field.number === externalDataField && field.wireType === 2) {
        await this.entry(field.start, field.end);
      }
      at = field.end;
    }
  }

  /** StringStringEntryProto: 1 = key, 2 = value. */
  private async entry(start: number, end: number): Promise<void> {
    if (end - start > entryLimit) {
      throw new RangeError('an external data entry is too long');
    }
    const texts: Record<number, string> = {};
    for (let at = start; at < end; ) {
      const field = await this.reader.field(at, end);
      texts[field.number] = (await this.reader.bytes(field.start, field.end)).toString('utf8');
      at = field.end;
    }
    if (texts[1] === 'location') {
      this.locations.add(texts[2] ?? '');
    }
  }
}

interface Field {
  number: number;
  wireType: number;
  /** Payload, absolute. */
  start: number;
  end: number;
}

/** Protobuf wire format over a file, through one window. */
class Reader {
  private window = Buffer.alloc(0);
  private windowStart = 0;

  constructor(private readonly file: FileHandle) {}

  async field(at: number, limit: number): Promise<Field> {
    const tag = await this.varint(at, limit);
    const [number, wireType] = [Math.floor(tag.value / 8), tag.value % 8];
    let start = tag.end;
    let length: number;
    switch (wireType) {
      case 0:
        length = (await this.varint(start, limit)).end - start;
        break;
      case 1:
        length = 8;
        break;
      case 2:
        ({ value: length, end: start } = await this.varint(start, limit));
        break;
      case 5:
        length = 4;
        break;
      default:
        throw new RangeError(`byte ${at} begins no field`);
    }
    if (number === 0 || start + length > limit) {
      throw new RangeError(`the field at byte ${at} runs past its end`);
    }
    return { number, wireType, start, end: start + length };
  }

  async bytes(start: number, end: number): Promise<Buffer> {
    if (start < this.windowStart || end > this.windowStart + this.window.length) {
      const buffer = Buffer.alloc(Math.max(64 * 1024, end - start));
      const { bytesRead } = await this.file.read(buffer, 0, buffer.length, start);
      this.window = buffer.subarray(0, bytesRead);
      this.windowStart = start;
    }
    const bytes = this.window.subarray(start - this.windowStart, end - this.windowStart);
    if (bytes.length < end - start) {
      throw new RangeError('the file ends too early');
    }
    return bytes;
  }

  private async varint(at: number, limit: number): Promise<{ value: number; end: number }> {
    const bytes = await this.bytes(at, Math.min(at + 10, limit));
    let value = 0;
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[i] ?? 0;
      // Beyond 2^53 only values that are skipped: negative int64.
      value += (byte & 0x7f) * 2 ** (7 * i);
      if (byte < 0x80) {
        return { value, end: at + i + 1 };
      }
    }
    throw new RangeError(`the number at byte ${at} has no end`);
  }
}
