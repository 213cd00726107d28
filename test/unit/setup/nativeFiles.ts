/** The first bytes of native files, as far as their headers say what they are for. */
export function elf(machine: number, programHeaderType = 1): Buffer {
  const bytes = Buffer.alloc(128);
  bytes.write('\x7fELF\x02\x01', 0, 'latin1');
  bytes.writeUInt16LE(machine, 18);
  bytes.writeBigUInt64LE(64n, 32);
  bytes.writeUInt16LE(56, 54);
  bytes.writeUInt16LE(1, 56);
  bytes.writeUInt32LE(programHeaderType, 64);
  return bytes;
}

export function machO(cpuType: number): Buffer {
  const bytes = Buffer.alloc(64);
  bytes.writeUInt32LE(0xfeedfacf, 0);
  bytes.writeUInt32LE(cpuType, 4);
  return bytes;
}

export function portableExecutable(machine: number): Buffer {
  const bytes = Buffer.alloc(192);
  bytes.write('MZ', 0, 'latin1');
  bytes.writeUInt32LE(128, 0x3c);
  bytes.write('PE\0\0', 128, 'latin1');
  bytes.writeUInt16LE(machine, 132);
  return bytes;
}

export const machines = { elf: { x64: 0x3e, arm64: 0xb7 }, machO: { x64: 0x01000007, arm64: 0x0100000c }, pe: { x64: 0x8664, arm64: 0xaa64 } };
