/**
 * A one-layer LLaMA of 16-bit weights without vocabulary, as a GGUF of a few kilobytes: enough to make
 * a GPU allocate, copy, multiply and normalise.
 */
export function probeModel(): Buffer {
  const width = 64;
  const vocabulary = 64;
  const parts: Buffer[] = [];
  const raw = (bytes: number, write: (buffer: Buffer) => void) => {
    const buffer = Buffer.alloc(bytes);
    write(buffer);
    parts.push(buffer);
  };
  const u32 = (value: number) => raw(4, (buffer) => buffer.writeUInt32LE(value));
  const u64 = (value: number) => raw(8, (buffer) => buffer.writeBigUInt64LE(BigInt(value)));
  const text = (value: string) => {
    u64(Buffer.byteLength(value));
    parts.push(Buffer.from(value));
  };

  const texts = { 'general.architecture': 'llama', 'tokenizer.ggml.model': 'no_vocab' };
  const numbers = {
    'llama.vocab_size': vocabulary,
    'llama.context_length': 64,
    'llama.embedding_length': width,
    'llama.block_count': 1,
    'llama.feed_forward_length': width,
    'llama.attention.head_count': 2,
    'llama.rope.dimension_count': width / 2,
  };
  const square = ['attn_q', 'attn_k', 'attn_v', 'attn_output', 'ffn_gate', 'ffn_up', 'ffn_down'];
  const tensors = [
    { name: 'token_embd.weight', rows: vocabulary },
    { name: 'output.weight', rows: vocabulary },
    ...square.map((name) => ({ name: `blk.0.${name}.weight`, rows: width })),
    { name: 'output_norm.weight', rows: 0 },
    { name: 'blk.0.attn_norm.weight', rows: 0 },
    { name: 'blk.0.ffn_norm.weight', rows: 0 },
  ];
  parts.push(Buffer.from('GGUF'));
  u32(3);
  u64(tensors.length);
  u64(Object.keys(texts).length + Object.keys(numbers).length + 1);
  for (const [key, value] of Object.entries(texts)) {
    text(key);
    u32(8);
    text(value);
  }
  for (const [key, value] of Object.entries(numbers)) {
    text(key);
    u32(4);
    u32(value);
  }
  text('llama.attention.layer_norm_rms_epsilon');
  u32(6);
  raw(4, (buffer) => buffer.writeFloatLE(1e-6));
  let offset = 0;
  const data: Buffer[] = [];
  for (const { name, rows } of tensors) {
    text(name);
    u32(rows === 0 ? 1 : 2);
    u64(width);
    if (rows > 0) {
      u64(rows);
    }
    u32(rows === 0 ? 0 : 1);
    u64(offset);
    // Norms are ones in F32; matrices are ±1/8 in F16 in a fixed irregular pattern.
    const values = Array.from({ length: width * Math.max(1, rows) }, (_, i) => ((i * 2654435761) >>> 13) & 1);
    const bytes =
      rows === 0
        ? Buffer.from(new Float32Array(width).fill(1).buffer)
        : Buffer.from(Uint16Array.from(values, (bit) => (bit ? 0x3000 : 0xb000)).buffer);
    data.push(bytes);
    offset += bytes.length;
  }
  const header = Buffer.concat(parts);
  return Buffer.concat([header, Buffer.alloc((32 - (header.length % 32)) % 32), ...data]);
}
