import { join } from 'node:path';
import type { Disposable } from '../common/dispose.js';
import type { SearchQueryParams, SearchQueryResult } from '../protocol/index.js';
import { candidateRows } from './candidates.js';
import type { ClipEntry, KnownClip } from './clipEntry.js';
import { matchRow } from './matchRow.js';
import { parseQuery, type ParsedQuery } from './parseQuery.js';
import { rankMoments } from './rankMoments.js';
import { SearchDatabase } from './searchDatabase.js';
import { Vocabulary } from './vocabulary.js';
import { widenTerm } from './widenTerm.js';
import { sharedWordNet } from './wordNet.js';

const usualLimit = 50;

/** Where the index of a cache folder lies. */
export function databasePath(folder: string): string {
  return join(folder, 'clips.db');
}

/** The index on disk, and questions to it. All calls block: see {@link SearchThread} for where it runs. */
export class SearchIndex implements Disposable {
  private readonly database: SearchDatabase;
  private readonly vocabulary = new Vocabulary();

  /** @param owner names the thread that this runs in */
  constructor(folder: string, limitBytes: number, owner: string) {
    this.database = new SearchDatabase(databasePath(folder), limitBytes, owner);
  }

  /** What is kept of the clips below folders. */
  known(folders: readonly string[]): { clips: KnownClip[]; rebuilt: boolean } {
    const clips = this.database.known(folders);
    return { clips, rebuilt: this.database.takeRebuilt() };
  }

  put(entries: readonly ClipEntry[]): { dropped: number; rebuilt: boolean } {
    this.vocabulary.forget();
    const dropped = this.database.put(entries);
    return { dropped, rebuilt: this.database.takeRebuilt() };
  }

  remove(paths: readonly string[]): void {
    this.database.remove(paths);
  }

  /** @throws VideoChatError InvalidParams, SearchUnavailable */
  query({ query, folders, kinds, limit = usualLimit }: SearchQueryParams): SearchQueryResult {
    const { hypernyms } = sharedWordNet();
    const found = this.moments(parseQuery(query, (name) => hypernyms.has(name)), { folders, kinds, limit });
    // What has a name of its own may be told of in other words: "red car" as a car that is red.
    const moments = found.length > 0 ? found : this.moments(parseQuery(query), { folders, kinds, limit });
    const clips = this.database.count(folders);
    return { moments: moments.slice(0, limit), more: moments.length > limit, clips, rebuilt: this.database.takeRebuilt() };
  }

  dispose(): void {
    this.database.close();
  }

  private moments({ terms, unwanted }: ParsedQuery, where: Pick<SearchQueryParams, 'folders' | 'kinds'> & { limit: number }): ReturnType<typeof rankMoments> {
    const wordNet = sharedWordNet();
    const { widened, rows } = this.database.read((ask) => {
      const isKnown = this.vocabulary.read(ask);
      const each = terms.map((term) => ({ term, alternatives: widenTerm(term, wordNet, isKnown) }));
      return { widened: each, rows: candidateRows(ask, each, unwanted, where) };
    });
    return rankMoments(rows.map((row) => matchRow(row, widened, unwanted)), terms.map(({ asked }) => asked));
  }
}
