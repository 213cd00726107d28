import type { CancellationToken } from '../common/cancellation.js';
import type { SearchRow } from './clipEntry.js';
import type { ScannedClip } from './scanClips.js';

/** Something that tells what clips show. Another file in `sources/`, and a line in {@link SearchService}, add one. */
export interface SearchSource {
  /** Names its part of a clip in the index. */
  readonly name: string;
  /** It has to look into clips themselves: all others are asked first. */
  readonly isSlow?: boolean;
  /**
   * Another value whenever {@link read} would give something else; undefined: it has nothing. This is asked of each clip
   * each time, so it has to be quick.
   *
   * @param known what it said last
   */
  stamp(clip: ScannedClip, known: string | undefined): Promise<string | undefined>;
  /** What it has of a clip. @throws VideoChatError */
  read(clip: ScannedClip, token: CancellationToken): Promise<SearchRow[]>;
}
