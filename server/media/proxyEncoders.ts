/** How the picture and the sound of a proxy are encoded, and so what kind of file it is. */
export interface ProxyEncoders {
  container: 'mp4' | 'webm';
  /** ffmpeg's name; where the picture is copied, none is needed. */
  picture: 'libx264' | 'libopenh264' | 'libvpx' | 'copy';
  sound: 'libmp3lame' | 'flac' | 'libvorbis';
}

const remux: readonly ProxyEncoders[] = [
  { container: 'mp4', picture: 'copy', sound: 'libmp3lame' },
  { container: 'mp4', picture: 'copy', sound: 'flac' },
];

const transcode: readonly ProxyEncoders[] = [
  { container: 'mp4', picture: 'libx264', sound: 'libmp3lame' },
  { container: 'mp4', picture: 'libx264', sound: 'flac' },
  { container: 'mp4', picture: 'libopenh264', sound: 'libmp3lame' },
  { container: 'mp4', picture: 'libopenh264', sound: 'flac' },
  { container: 'webm', picture: 'libvpx', sound: 'libvorbis' },
];

/** Encoders that some builds of ffmpeg were found to lack, by program. */
const lacking = new Map<string, Set<string>>();

/** The choices that are left for this program, best first. All of them play in VS Code everywhere. */
export function encodersFor(mode: 'remux' | 'transcode', ffmpeg: string): ProxyEncoders[] {
  const missing = lacking.get(ffmpeg);
  return (mode === 'remux' ? remux : transcode).filter(({ picture, sound }) => !missing?.has(picture) && !missing?.has(sound));
}

/** Remembers that this program lacks an encoder. @returns whether that is news */
export function noteLack(ffmpeg: string, encoder: string): boolean {
  const missing = lacking.get(ffmpeg) ?? new Set<string>();
  lacking.set(ffmpeg, missing);
  const isNew = !missing.has(encoder);
  missing.add(encoder);
  return isNew;
}

/** The encoder of these that ffmpeg says it does not have. */
export function missingEncoder(errorText: string, { picture }: ProxyEncoders): string | undefined {
  // Options that no encoder of a build has are refused before the encoder is missed.
  return /Unknown encoder '([\w-]+)'/.exec(errorText)?.[1] ?? (/Unrecognized option '(preset|crf|deadline|cpu-used|auto-alt-ref)'/.test(errorText) ? picture : undefined);
}

/** Options of the picture's encoder. @param bitsPerSecond for those that know no constant quality */
export function pictureOptions(picture: ProxyEncoders['picture'], bitsPerSecond: number): string[] {
  switch (picture) {
    case 'libx264':
      return ['-c:v', 'libx264', '-preset', 'veryfast', '-crf', '23', '-profile:v', 'high'];
    case 'libopenh264':
      return ['-c:v', 'libopenh264', '-b:v', String(bitsPerSecond)];
    case 'libvpx':
      // Hidden frames would be counted by some.
      return ['-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '5', '-auto-alt-ref', '0', '-crf', '10', '-b:v', String(bitsPerSecond)];
    case 'copy':
      return ['-c:v', 'copy'];
  }
}

/** Options of the sound's encoder. */
export function soundOptions(sound: ProxyEncoders['sound']): string[] {
  switch (sound) {
    case 'libmp3lame':
      return ['-c:a', 'libmp3lame', '-q:a', '4'];
    case 'flac':
      // Some releases call FLAC in an mp4 an experiment.
      return ['-c:a', 'flac', '-sample_fmt', 's16', '-strict', '-2'];
    case 'libvorbis':
      return ['-c:a', 'libvorbis', '-q:a', '4'];
  }
}
