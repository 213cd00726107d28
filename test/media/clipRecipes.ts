import { rotationMatrix } from '../../server/video/displayTransform.js';

/** How to make a clip: runs of ffmpeg in an empty folder (the last one writes `file`), or bytes. */
export interface ClipRecipe {
  file: string;
  steps?: string[][];
  bytes?: string | Uint8Array;
  /** Applied to the file at the end. */
  change?: (file: Buffer) => Buffer;
}

const pattern = (size: string, rate: number, seconds: number): string[] => [
  ...['-f', 'lavfi', '-i', `testsrc2=size=${size}:rate=${rate}:duration=${seconds}`],
];
const x264 = (gop = 15, ...more: string[]): string[] => [
  ...['-c:v', 'libx264', '-preset', 'veryfast', '-pix_fmt', 'yuv420p', '-threads', '1', '-g', String(gop), '-bf', '3', ...more],
];
const plain = (file: string): string[] => [...pattern('160x120', 25, 4), ...x264(), file];
/** The matrix in the track header is written by hand: the option for it changed with ffmpeg 6. */
const rotated = (degrees: number): ClipRecipe => ({
  file: `rotated${degrees}.mp4`,
  steps: [[...pattern('160x90', 25, 1), ...x264(), `rotated${degrees}.mp4`]],
  change: (file) => {
    const matrix = file.indexOf('tkhd') + 44;
    rotationMatrix(degrees).forEach((value, i) => file.writeInt32BE(value, matrix + 4 * i));
    return file;
  },
});
const picture = (file: string, ...options: string[]): ClipRecipe => ({
  file,
  steps: [[...pattern('66x50', 1, 1), '-vf', 'format=rgb24,crop=65:49', '-frames:v', '1', ...options, file]],
});

/** All test clips, by what is special about them. */
export const clipRecipes = {
  /** 100 frames at 25 frames per second, B-frames, a key frame every 15. */
  plain: { file: 'plain.mp4', steps: [plain('plain.mp4')] },
  withSound: {
    file: 'withSound.mp4',
    steps: [[...pattern('128x96', 30, 3), '-f', 'lavfi', '-i', 'sine=duration=3', '-map', '1', '-map', '0', ...x264(), '-c:a', 'aac', 'withSound.mp4']],
  },
  /** The sound begins half a second before the picture, */
  soundLeads: {
    file: 'soundLeads.mkv',
    steps: [['-itsoffset', '0.5', ...pattern('128x96', 25, 2), '-f', 'lavfi', '-i', 'sine=duration=2.5', '-map', '0', '-map', '1', ...x264(), '-c:a', 'libmp3lame', 'soundLeads.mkv']],
  },
  /** and here half a second after it. */
  soundLags: {
    file: 'soundLags.mp4',
    steps: [[...pattern('128x96', 25, 2), '-itsoffset', '0.5', '-f', 'lavfi', '-i', 'sine=duration=1.5', '-map', '0', '-map', '1', ...x264(), '-c:a', 'aac', 'soundLags.mp4']],
  },
  /** Every timestamp begins at ten seconds. */
  lateStart: { file: 'lateStart.mkv', steps: [[...pattern('128x96', 25, 2), ...x264(), '-output_ts_offset', '10', 'lateStart.mkv']] },
  tenBits: { file: 'tenBits.mp4', steps: [[...pattern('128x96', 25, 1), ...x264(), '-pix_fmt', 'yuv420p10le', 'tenBits.mp4']] },
  oneKeyFrame: { file: 'oneKeyFrame.mp4', steps: [[...pattern('160x120', 24, 5), ...x264(1000), 'oneKeyFrame.mp4']] },
  /** Intervals of one, two and three ticks of 1/30 s. */
  vfr: {
    file: 'vfr.mp4',
    steps: [[...pattern('160x120', 30, 6), '-vf', "select='not(mod(n,7))+not(mod(n,5))+lt(n,30)'", '-vsync', 'passthrough', ...x264(8), 'vfr.mp4']],
  },
  /** Timestamps in milliseconds at 29.97 frames per second. */
  mkv: { file: 'mkv.mkv', steps: [['-f', 'lavfi', '-i', 'testsrc2=size=96x96:rate=30000/1001:duration=4', ...x264(20), 'mkv.mkv']] },
  rotated90: rotated(90),
  rotated180: rotated(180),
  rotated270: rotated(270),
  /** Odd in both directions, lossless. */
  oddSize: { file: 'oddSize.mkv', steps: [[...pattern('98x62', 10, 2), '-vf', 'crop=97:61:0:0:exact=1', '-c:v', 'ffv1', '-pix_fmt', 'yuv420p', 'oddSize.mkv']] },
  /** Cut without encoding: the edit list hides the frames before the cut. */
  editList: {
    file: 'editList.mp4',
    steps: [plain('plain.mp4'), ['-ss', '1.3', '-i', 'plain.mp4', '-c', 'copy', 'editList.mp4']],
  },
  fragmented: {
    file: 'fragmented.mp4',
    steps: [plain('plain.mp4'), ['-i', 'plain.mp4', '-c', 'copy', '-movflags', 'frag_keyframe+empty_moov', 'fragmented.mp4']],
  },
  transportStream: { file: 'stream.ts', steps: [plain('plain.mp4'), ['-i', 'plain.mp4', '-c', 'copy', 'stream.ts']] },
  /** Joined halfway: begins in the middle of a group of pictures. */
  cutStream: {
    file: 'cut.ts',
    steps: [plain('plain.mp4'), ['-i', 'plain.mp4', '-c', 'copy', 'cut.ts']],
    change: (file) => file.subarray(188 * Math.floor(file.length / 188 / 5)),
  },
  /** Open groups of pictures with B-frames before their key frame. */
  mpeg2: { file: 'mpeg2.mpg', steps: [[...pattern('160x128', 25, 3), '-c:v', 'mpeg2video', '-g', '12', '-bf', '2', '-q:v', '3', 'mpeg2.mpg']] },
  msmpeg4: { file: 'msmpeg4.avi', steps: [[...pattern('128x96', 10, 8), '-c:v', 'msmpeg4', '-g', '30', 'msmpeg4.avi']] },
  /** B-frames in a container that knows no presentation times. */
  mpeg4Avi: { file: 'mpeg4.avi', steps: [[...pattern('128x96', 25, 3), '-c:v', 'mpeg4', '-bf', '2', '-g', '20', '-q:v', '4', 'mpeg4.avi']] },
  vp9: { file: 'vp9.webm', steps: [[...pattern('128x96', 25, 2), '-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8', '-g', '20', '-b:v', '200k', 'vp9.webm']] },
  /** Packets that show nothing. */
  vp8AltRef: {
    file: 'vp8.webm',
    steps: [[...pattern('128x96', 25, 3), '-c:v', 'libvpx', '-auto-alt-ref', '1', '-lag-in-frames', '16', '-b:v', '100k', '-g', '40', 'vp8.webm']],
  },
  /** "Key frames" that are columns of intra blocks, so that a seek gives damaged pictures. */
  intraRefresh: { file: 'intraRefresh.mp4', steps: [[...pattern('160x120', 25, 4), ...x264(20, '-x264-params', 'intra-refresh=1:bframes=0'), 'intraRefresh.mp4']] },
  openGroups: { file: 'openGroups.mp4', steps: [[...pattern('160x120', 25, 4), ...x264(12, '-x264-params', 'open-gop=1:scenecut=0'), 'openGroups.mp4']] },
  anamorphic: { file: 'anamorphic.mp4', steps: [[...pattern('160x120', 25, 1), '-vf', 'setsar=16/11', ...x264(), 'anamorphic.mp4']] },
  animation: { file: 'animation.gif', steps: [[...pattern('48x32', 10, 2), 'animation.gif']] },
  wmv: { file: 'wmv.wmv', steps: [[...pattern('128x96', 25, 3), '-c:v', 'wmv2', '-g', '25', 'wmv.wmv']] },
  flv: { file: 'flv.flv', steps: [[...pattern('128x96', 25, 3), ...x264(), 'flv.flv']] },
  oneFrame: { file: 'oneFrame.mp4', steps: [[...pattern('64x48', 25, 0.04), ...x264(), 'oneFrame.mp4']] },
  onePixel: { file: 'onePixel.mkv', steps: [[...pattern('16x16', 5, 1), '-vf', 'crop=1:1:0:0:exact=1', '-c:v', 'ffv1', '-pix_fmt', 'yuv444p', 'onePixel.mkv']] },
  twoPictures: {
    file: 'two.mkv',
    steps: [[...pattern('64x48', 5, 1), ...pattern('96x64', 10, 1), '-map', '0', '-map', '1', ...x264(), '-disposition:v:0', '0', '-disposition:v:1', 'default', 'two.mkv']],
  },
  audioOnly: { file: 'audioOnly.mp4', steps: [['-f', 'lavfi', '-i', 'sine=duration=1', '-c:a', 'aac', 'audioOnly.mp4']] },
  zeroFrames: { file: 'zeroFrames.mp4', steps: [[...pattern('64x48', 25, 1), ...x264(), '-frames:v', '0', '-movflags', 'empty_moov+default_base_moof', 'zeroFrames.mp4']] },
  /** The index is at the end, and gone. */
  truncatedIndex: { file: 'truncatedIndex.mp4', steps: [plain('truncatedIndex.mp4')], change: (file) => file.subarray(0, Math.floor(file.length * 0.6)) },
  /** The index is there, the pictures end early. */
  truncatedPictures: {
    file: 'truncatedPictures.mp4',
    steps: [[...pattern('160x120', 25, 4), ...x264(), '-movflags', '+faststart', 'truncatedPictures.mp4']],
    change: (file) => file.subarray(0, Math.floor(file.length * 0.6)),
  },
  /** Random bytes in the middle. */
  damaged: {
    file: 'damaged.mp4',
    steps: [plain('damaged.mp4')],
    change: (file) => Buffer.from(file).fill(0x5a, Math.floor(file.length * 0.3), Math.floor(file.length * 0.6)),
  },
  text: { file: 'text.mp4', bytes: 'This is not a video.\n'.repeat(50) },
  empty: { file: 'empty.mp4', bytes: '' },
  playlist: { file: 'playlist.mp4', bytes: '#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n' },
  concatScript: { file: 'concat.mp4', bytes: "ffconcat version 1.0\nfile '/etc/passwd'\n" },
  /** Only the first bytes are those of an mp4. */
  fakeMp4: { file: 'fake.mp4', bytes: Buffer.concat([Buffer.from('\0\0\0\x18ftypisom\0\0\0\0isom', 'latin1'), Buffer.alloc(5000, 7)]) },
  png: picture('picture.png'),
  /** Wider than anybody's screen. */
  strip: { file: 'strip.png', steps: [['-f', 'lavfi', '-i', 'testsrc=size=3000x10:rate=1:duration=1', '-vf', 'scale=30000:10', '-frames:v', '1', 'strip.png']] },
  jpeg: picture('picture.jpg', '-pix_fmt', 'yuvj420p'),
  webp: picture('picture.webp'),
  bmp: picture('picture.bmp'),
  gif: picture('picture.gif'),
} satisfies Record<string, ClipRecipe>;

export type ClipName = keyof typeof clipRecipes;
