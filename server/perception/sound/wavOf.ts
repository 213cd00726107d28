const header = 44; // bytes

/** A WAV file of 16-bit samples, mono. @param samples -1…1; louder ones are cut off */
export function wavOf(samples: Float32Array, sampleRate: number): Buffer {
  const file = Buffer.alloc(header + 2 * samples.length);
  file.write('RIFF', 0, 'latin1');
  file.writeUInt32LE(header - 8 + 2 * samples.length, 4);
  file.write('WAVEfmt ', 8, 'latin1');
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20); // PCM
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(sampleRate, 24);
  file.writeUInt32LE(2 * sampleRate, 28);
  file.writeUInt16LE(2, 32);
  file.writeUInt16LE(16, 34);
  file.write('data', 36, 'latin1');
  file.writeUInt32LE(2 * samples.length, 40);
  samples.forEach((sample, i) => {
    const value = Math.round((Number.isFinite(sample) ? sample : 0) * 32_768);
    file.writeInt16LE(Math.min(32_767, Math.max(-32_768, value)), header + 2 * i);
  });
  return file;
}
