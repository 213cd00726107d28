import { lastAtOrBefore, type PresentationIndex } from './presentationIndex.js';

/** A stretch of the clip to decode: from a key frame (or the start) to the last frame wanted of it. */
export interface DecodeStretch {
  /** Key frame to seek to, in ticks; undefined: decode from the start of the file. */
  keyTicks: number | undefined;
  /** The key frame is itself presented, so it can be recognised among the decoded frames. */
  keyPresented: boolean;
  /** Frames are recognised by counting them from the start of the file, not by their times. */
  byNumber: boolean;
  /** Frame numbers wanted, ascending. */
  frames: number[];
  /** Frames that will be decoded, about. */
  cost: number;
}

/**
 * Cuts the wanted frames into stretches so that little is decoded for nothing: a new stretch begins where
 * jumping to the next key frame is cheaper than decoding on. Cost grows with the frames asked for and the
 * distance of key frames, not with the length of the clip.
 *
 * @param frames frame numbers, ascending, no repeats
 * @param jumpFrames how many decoded frames a jump costs
 */
export function planDecoding(frames: readonly number[], index: PresentationIndex, jumpFrames: number): DecodeStretch[] {
  if (!index.seekable) {
    return frames.length === 0 ? [] : [stretchFromStart(frames, index)];
  }
  const stretches: DecodeStretch[] = [];
  let current: DecodeStretch = { ...stretchFromStart([], index), cost: 0 };
  let decodedUpTo = 0; // number of the frame that comes next in the current stretch
  for (const frame of frames) {
    const key = index.keyTicks[lastAtOrBefore(index.keyTicks, index.ticks[frame] ?? 0)];
    const keyFrame = key === undefined ? -1 : lastAtOrBefore(index.ticks, key);
    if (key !== undefined && keyFrame - decodedUpTo > jumpFrames) {
      if (current.frames.length > 0) stretches.push(current);
      current = { keyTicks: key, keyPresented: index.ticks[keyFrame] === key, byNumber: false, frames: [], cost: 0 };
      decodedUpTo = Math.max(0, keyFrame);
    }
    current.frames.push(frame);
    current.cost += frame + 1 - decodedUpTo;
    decodedUpTo = frame + 1;
  }
  if (current.frames.length > 0) stretches.push(current);
  return stretches;
}

/** Everything decoded up to the last wanted frame. */
export function stretchFromStart(frames: readonly number[], index: PresentationIndex): DecodeStretch {
  const cost = (frames.at(-1) ?? 0) + 1;
  return { keyTicks: undefined, keyPresented: false, byNumber: !index.seekable, frames: [...frames], cost };
}

/** The same frames, each stretch two key frames earlier: for those whose own one decoding cannot start from. */
export function movedBack(stretches: readonly DecodeStretch[], index: PresentationIndex): DecodeStretch[] {
  return stretches.map((stretch) => {
    const { keyTicks } = stretch;
    const earlier = keyTicks === undefined ? -1 : lastAtOrBefore(index.keyTicks, keyTicks) - 2;
    if (earlier < 0) return stretchFromStart(stretch.frames, index);
    const key = index.keyTicks[earlier] ?? 0;
    const keyFrame = lastAtOrBefore(index.ticks, key);
    return {
      ...stretch,
      keyTicks: key,
      keyPresented: index.ticks[keyFrame] === key,
      cost: (stretch.frames.at(-1) ?? 0) + 1 - Math.max(0, keyFrame),
    };
  });
}

/** Shares stretches out to runs of ffmpeg, in order, with about the same work for each. */
export function shareStretches(stretches: readonly DecodeStretch[], runs: number, mostPerRun: number): DecodeStretch[][] {
  const total = stretches.reduce((sum, stretch) => sum + stretch.cost, 0);
  const shares: DecodeStretch[][] = [];
  let share: DecodeStretch[] = [];
  let cost = 0;
  for (const stretch of stretches) {
    if (share.length > 0 && (share.length >= mostPerRun || cost + stretch.cost / 2 > (total / runs) * (shares.length + 1))) {
      shares.push(share);
      share = [];
    }
    share.push(stretch);
    cost += stretch.cost;
  }
  if (share.length > 0) shares.push(share);
  return shares;
}
