import { open } from 'node:fs/promises';

const machines = { elf: { 0x3e: 'x64', 0xb7: 'arm64' }, macho: { 0x01000007: 'x64', 0x0100000c: 'arm64' }, pe: { 0x8664: 'x64', 0xaa64: 'arm64' } };
const loaderHeader = 3;

/**
 * What a native program or library was made for, by its header.
 *
 * @typedef {{ os: 'linux' | 'darwin' | 'win32', cpus: string[], needsLoader: boolean }} NativeFormat
 *   `cpus`: a Mac's file may be for several; `needsLoader`: a Linux program that asks for libraries of its machine
 * @returns {Promise<NativeFormat | undefined>} undefined: it is none
 */
export async function nativeFormat(file) {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(64 * 1024), 0, 64 * 1024, 0);
    return formatOf(buffer.subarray(0, bytesRead));
  } finally {
    await handle.close();
  }
}

function formatOf(bytes) {
  if (bytes.length < 64) {
    return undefined;
  }
  if (bytes.readUInt32BE(0) === 0x7f454c46) {
    return { os: 'linux', cpus: known('elf', [bytes.readUInt16LE(18)]), needsLoader: elfNeedsLoader(bytes) };
  }
  if (bytes.readUInt32LE(0) === 0xfeedfacf) {
    return { os: 'darwin', cpus: known('macho', [bytes.readUInt32LE(4)]), needsLoader: false };
  }
  // Java's classes begin in the same way; their second number is no small count.
  if (bytes.readUInt32BE(0) === 0xcafebabe && bytes.readUInt32BE(4) < 8) {
    const types = Array.from({ length: bytes.readUInt32BE(4) }, (_, part) => (8 + 20 * part + 4 <= bytes.length ? bytes.readUInt32BE(8 + 20 * part) : 0));
    return { os: 'darwin', cpus: known('macho', types), needsLoader: false };
  }
  const at = bytes.readUInt32LE(0x3c);
  if (bytes.toString('latin1', 0, 2) === 'MZ' && at + 6 <= bytes.length && bytes.readUInt32BE(at) === 0x50450000) {
    return { os: 'win32', cpus: known('pe', [bytes.readUInt16LE(at + 4)]), needsLoader: false };
  }
  return undefined;
}

function known(kind, numbers) {
  return numbers.map((number) => machines[kind][number] ?? `machine ${number}`);
}

function elfNeedsLoader(bytes) {
  const [start, size, count] = [Number(bytes.readBigUInt64LE(32)), bytes.readUInt16LE(54), bytes.readUInt16LE(56)];
  const headers = Array.from({ length: count }, (_, index) => start + size * index);
  return headers.some((at) => at + 4 <= bytes.length && bytes.readUInt32LE(at) === loaderHeader);
}
