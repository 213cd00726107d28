import type { FfmpegTools, VideoParts } from './engineParts.js';

/** Looks for ffmpeg when it is first needed; a failure is not remembered, as the person may install it. */
export class FfmpegFinder {
  private search: Promise<FfmpegTools> | undefined;
  /** The tools, once they were found. */
  found: FfmpegTools | undefined;

  constructor(
    private readonly video: VideoParts,
    private readonly settingPath: string | undefined,
  ) {}

  /** @throws VideoChatError FfmpegMissing */
  async tools(): Promise<FfmpegTools> {
    this.search ??= this.video.findFfmpeg(this.settingPath);
    try {
      this.found = await this.search;
      return this.found;
    } catch (error) {
      this.search = undefined;
      throw error;
    }
  }
}
