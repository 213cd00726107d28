import type { CancellationToken } from '../common/cancellation.js';
import { annotationRows } from './annotationRows.js';
import { scanFolders, scanPaths } from './scanClips.js';
import { SearchIndex } from './searchIndex.js';
import type { ThreadCall } from './threadMessages.js';

/** What the thread of the index does. All but looking through folders is done in one go. */
export class SearchThreadWork {
  private index: SearchIndex | undefined;

  constructor(
    private readonly folder: string,
    private readonly limitBytes: number,
    private readonly owner: string,
  ) {}

  async run(call: Exclude<ThreadCall, { method: 'cancel' }>, token: CancellationToken): Promise<unknown> {
    switch (call.method) {
      case 'scan':
        return scanFolders(call.params, token);
      case 'scanPaths':
        return scanPaths(call.params);
      case 'annotations':
        return annotationRows(call.params);
      case 'known':
        return this.open().known(call.params);
      case 'put':
        return this.open().put(call.params);
      case 'remove':
        return this.open().remove(call.params);
      case 'tidy':
        return this.open().tidy(call.params);
      case 'framesSeen':
        return this.open().framesSeen(call.params);
      case 'keepPictures':
        return this.open().keepPictures(call.params);
      case 'keepModel':
        return this.open().keepModel(call.params);
      case 'hasPictures':
        return this.open().hasPictures(call.params);
      case 'query':
        return this.open().query(call.params);
      case 'close':
        this.index?.dispose();
        this.index = undefined;
        return undefined;
    }
  }

  private open(): SearchIndex {
    this.index ??= new SearchIndex(this.folder, this.limitBytes, this.owner);
    return this.index;
  }
}
