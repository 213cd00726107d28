import type { CancellationToken } from '../common/cancellation.js';
import { ErrorCode, phrase, VideoChatError } from '../protocol/index.js';
import type { PresentationIndex } from './presentationIndex.js';
import { runTool } from './runTool.js';

/** The file, as every run of ffprobe gets it. */
export interface ProbeInput {
  ffprobe: string;
  /** Options and the input: protocol and demuxer are pinned. */
  inputArgs: readonly string[];
  bytes: number;
  token?: CancellationToken;
}

/** More than 24 hours at 48 frames per second. */
const maxPackets = 1 << 22;

/** What the packets of one stream say. */
export interface PacketScan {
  index: PresentationIndex;
  /** The packets alone do not tell which frames come out of the decoder. */
  doubtful: boolean;
  /** Packets in decode order up to and including the first key frame's, when frames come before it. */
  headPackets: number;
  /** ffprobe met the end of the file where there should have been data. */
  truncated: boolean;
}

/**
 * Reads the packets of every video stream (demuxing only, nothing is decoded) and makes the presentation index
 * of each: packets that an edit list discards and empty ones do not count, and the rest is sorted by time.
 *
 * @returns by stream index
 */
export async function scanPackets(input: ProbeInput): Promise<Map<number, PacketScan>> {
  const streams = new Map<number, PacketList>();
  let rest = '';
  let packets = 0;
  const take = (line: string): void => {
    const [stream = '', pts = '', , duration = '', size = '', flags = ''] = line.split(',');
    if (!/^\d+$/.test(stream)) return;
    if (++packets > maxPackets) {
      throw new VideoChatError(ErrorCode.VideoTooLarge, phrase`The clip has more than ${maxPackets} frames.`, {
        hint: 'Cut it into shorter clips.',
      });
    }
    let list = streams.get(Number(stream));
    if (!list) {
      streams.set(Number(stream), (list = new PacketList()));
    }
    list.add(pts, duration, size, flags);
  };
  const { exitCode, errorText } = await runTool({
    command: input.ffprobe,
    args: [
      ...['-select_streams', 'v', '-show_entries', 'packet=stream_index,pts,dts,duration,size,flags', '-of', 'csv=p=0'],
      ...input.inputArgs,
    ],
    token: input.token,
    timeoutSeconds: 60 + input.bytes / 4e6,
    idleSeconds: 60,
    maxOutputBytes: maxPackets * 160,
    onOutput: (chunk) => {
      const lines = (rest + chunk.toString('latin1')).split('\n');
      rest = lines.pop() ?? '';
      lines.forEach(take);
    },
  });
  take(rest);
  const truncated = exitCode === 0 && /partial file|truncat/i.test(errorText);
  return new Map([...streams].map(([stream, list]) => [stream, { ...list.finish(), truncated }]));
}

class PacketList {
  private readonly presented: number[] = [];
  private readonly keys: number[] = [];
  private durations = new Map<number, number>();
  private latest = -Infinity;
  private latestDuration = 0;
  private missingTimes = false;
  private count = 0;
  private firstKey: { ticks: number; packet: number } | undefined;

  add(pts: string, duration: string, size: string, flags: string): void {
    this.count++;
    if (size === '0') return;
    const ticks = pts === 'N/A' || pts === '' ? NaN : Number(pts);
    if (!Number.isFinite(ticks)) {
      this.missingTimes = true;
      this.presented.push(NaN);
      return;
    }
    if (flags.includes('K')) {
      this.keys.push(ticks);
      this.firstKey ??= { ticks, packet: this.count };
    }
    if (flags.includes('D')) return;
    this.presented.push(ticks);
    const length = Number(duration);
    if (length > 0) {
      this.durations.set(length, (this.durations.get(length) ?? 0) + 1);
      // A clip of ever-changing durations needs only the last one.
      if (this.durations.size > 64) this.durations = new Map();
    }
    if (ticks > this.latest) {
      this.latest = ticks;
      this.latestDuration = length > 0 ? length : 0;
    }
  }

  finish(): Omit<PacketScan, 'truncated'> {
    const ticks = Float64Array.from(this.presented).sort();
    const keyTicks = Float64Array.from(this.keys).sort();
    const repeated = ticks.some((value, i) => i > 0 && value === ticks[i - 1]);
    const beforeKey = ticks.length > 0 && (!this.firstKey || (ticks[0] ?? 0) < this.firstKey.ticks);
    const commonest = [...this.durations].sort((a, b) => b[1] - a[1])[0]?.[0] ?? 0;
    const mean = ticks.length > 1 ? ((ticks.at(-1) ?? 0) - (ticks[0] ?? 0)) / (ticks.length - 1) : 0;
    return {
      index: {
        ticks,
        keyTicks,
        lastTicks: this.latestDuration || commonest || Math.max(0, mean),
        seekable: !this.missingTimes && !repeated && keyTicks.length > 0,
      },
      doubtful: this.missingTimes || repeated || !this.firstKey,
      headPackets: beforeKey && this.firstKey ? this.firstKey.packet : 0,
    };
  }
}

/**
 * Decodes a stream, or its first packets, and returns the times of the frames that come out (NaN where a frame
 * has none), in output order. For the streams whose packets do not tell.
 */
export async function scanFrames(input: ProbeInput, stream: number, firstPackets?: number): Promise<number[]> {
  const ticks: number[] = [];
  let rest = '';
  const take = (line: string): void => {
    const value = line.trim().replace(/,.*$/, '');
    if (value === '') return;
    if (ticks.length >= maxPackets) {
      throw new VideoChatError(ErrorCode.VideoTooLarge, phrase`The clip has more than ${maxPackets} frames.`);
    }
    ticks.push(value === 'N/A' ? NaN : Number(value));
  };
  await runTool({
    command: input.ffprobe,
    args: [
      ...['-select_streams', String(stream), '-show_entries', 'frame=best_effort_timestamp', '-of', 'csv=p=0'],
      ...(firstPackets === undefined ? [] : ['-read_intervals', `%+#${firstPackets}`]),
      ...input.inputArgs,
    ],
    token: input.token,
    timeoutSeconds: 120 + input.bytes / 2e5,
    idleSeconds: 60,
    maxOutputBytes: maxPackets * 64,
    onOutput: (chunk) => {
      const lines = (rest + chunk.toString('latin1')).split('\n');
      rest = lines.pop() ?? '';
      lines.forEach(take);
    },
  });
  take(rest);
  return ticks;
}
