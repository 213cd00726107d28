import { stat } from 'node:fs/promises';
import { dirname, extname, join } from 'node:path';
import type { Disposable } from '../../common/dispose.js';
import { ErrorCode, phrase, VideoChatError } from '../../protocol/index.js';
import { AtomicFile } from '../atomicFile.js';
import { pathBelow } from '../datasetFolder.js';
import type { Format, FormatOutput, TextSink } from '../formats/format.js';
import { removeStale } from '../temporaryFiles.js';

/** The file or folder of an export. Nothing appears before {@link publish}. */
export class ExportOutput implements FormatOutput, Disposable {
  private readonly files = new Map<string, AtomicFile>();
  private current: AtomicFile | undefined;
  /** Folders in which nothing of a killed export lies any more. */
  private readonly swept = new Set<string>();

  private constructor(
    private readonly out: string,
    private readonly oneFile: boolean,
  ) {}

  /** @throws VideoChatError InvalidParams where the place does not fit the format */
  static async open(out: string, format: Format): Promise<ExportOutput> {
    const isFolder = await stat(out).then((stats) => stats.isDirectory(), () => false);
    const oneFile = !format.filePerClip || (!isFolder && format.extensions.includes(extname(out).toLowerCase()));
    if (oneFile && isFolder) {
      throw new VideoChatError(ErrorCode.InvalidParams, phrase`${out} is a folder.`, { hint: 'Name the file to write.', subject: out });
    }
    return new ExportOutput(out, oneFile);
  }

  async file(name = ''): Promise<TextSink> {
    await this.current?.finish();
    if (this.oneFile && this.files.size > 0) {
      throw new VideoChatError(ErrorCode.InvalidParams, phrase`There is more than one clip, but ${this.out} is one file.`, {
        hint: 'Name a folder to write to.',
        subject: this.out,
      });
    }
    const path = this.oneFile ? this.out : join(this.out, name);
    if (!this.oneFile && (pathBelow(this.out, path) ?? '') === '') {
      throw new VideoChatError(ErrorCode.InvalidParams, phrase`"${name}" is no name for a file below ${this.out}.`, { subject: this.out });
    }
    const before = this.files.get(path);
    if (before) {
      await before.discard();
    }
    const folder = dirname(path);
    if (!this.swept.has(folder)) {
      this.swept.add(folder);
      await removeStale(folder);
    }
    this.current = await AtomicFile.create(path);
    this.files.set(path, this.current);
    return this.current;
  }

  async publish(): Promise<void> {
    await this.current?.finish();
    for (const file of this.files.values()) {
      await file.publish();
    }
    this.files.clear();
    this.current = undefined;
  }

  async dispose(): Promise<void> {
    for (const file of this.files.values()) {
      await file.discard();
    }
  }
}
