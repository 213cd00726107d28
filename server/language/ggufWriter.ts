const alignment = 32;
/** GGUF type numbers. */
const [uint32, float32, text] = [4, 6, 8];

export interface GgufFileContents {
  texts: Readonly<Record<string, string>>;
  numbers?: Readonly<Record<string, number>>;
  floats?: Readonly<Record<string, number>>;
  /** 32-bit floats; the first axis is the one that lies together. */
  tensors: readonly { name: string; shape: readonly number[]; values: Float32Array }[];
}

/** A GGUF file of a few values and tensors of 32-bit floats. */
export function writeGguf({ texts, numbers = {}, floats = {}, tensors }: GgufFileContents): Buffer {
  const parts: Buffer[] = [];
  const u32 = (value: number): void => {
    const buffer = Buffer.alloc(4);
    buffer.writeUInt32LE(value);
    parts.push(buffer);
  };
  const u64 = (value: number): void => {
    const buffer = Buffer.alloc(8);
    buffer.writeBigUInt64LE(BigInt(value));
    parts.push(buffer);
  };
  const string = (value: string): void => {
    u64(Buffer.byteLength(value));
    parts.push(Buffer.from(value));
  };
  parts.push(Buffer.from('GGUF'));
  u32(3);
  u64(tensors.length);
  u64([texts, numbers, floats].reduce((sum, each) => sum + Object.keys(each).length, 0));
  for (const [key, value] of Object.entries(texts)) {
    string(key);
    u32(text);
    string(value);
  }
  for (const [key, value] of Object.entries(numbers)) {
    string(key);
    u32(uint32);
    u32(value);
  }
  for (const [key, value] of Object.entries(floats)) {
    string(key);
    u32(float32);
    parts.push(Buffer.from(Float32Array.of(value).buffer));
  }
  let offset = 0;
  for (const { name, shape, values } of tensors) {
    string(name);
    u32(shape.length);
    shape.forEach(u64);
    u32(0); // F32
    u64(offset);
    offset += values.byteLength + padding(values.byteLength);
  }
  const header = Buffer.concat(parts);
  const data = tensors.flatMap(({ values }) => [Buffer.from(values.buffer, values.byteOffset, values.byteLength), Buffer.alloc(padding(values.byteLength))]);
  return Buffer.concat([header, Buffer.alloc(padding(header.length)), ...data]);
}

function padding(length: number): number {
  return (alignment - (length % alignment)) % alignment;
}
