import { join } from 'node:path';
import type { Disposable } from '../common/dispose.js';
import type { SearchMoment, SearchQueryParams, SearchQueryResult } from '../protocol/index.js';
import { candidateRows } from './candidates.js';
import type { ClipEntry, KnownClip } from './clipEntry.js';
import { matchRow } from './matchRow.js';
import { parseQuery, type ParsedQuery, pictureText } from './parseQuery.js';
import { contentsBelow, countClips, pathsOf } from './clipsBelow.js';
import { fuseRankings, type PlacedMoment } from './pictures/fuseRankings.js';
import { PictureIndex } from './pictures/pictureIndex.js';
import type { ClipPictures, PictureQuestion } from './pictures/pictureQuestion.js';
import { dropOthers, framesSeen, keepPictures, markOf } from './pictures/pictureTable.js';
import { rankMoments } from './rankMoments.js';
import { type Ask, SearchDatabase } from './searchDatabase.js';
import { Vocabulary } from './vocabulary.js';
import { widenTerm } from './widenTerm.js';
import { WhileUnchanged } from './whileUnchanged.js';
import { sharedWordNet } from './wordNet.js';

const usualLimit = 50;
/** Pictures of more clips are not looked at closely, for each moment that is wanted. */
const clipsPerMoment = 2;
const fewestClips = 40;

/** A question, with what the model for pictures makes of it. */
export interface IndexQuery extends SearchQueryParams {
  pictures?: PictureQuestion;
}

export type IndexAnswer = Omit<SearchQueryResult, 'retrieval'>;

type Where = Pick<SearchQueryParams, 'folders' | 'kinds'> & { limit: number };

/** Where the index of a cache folder lies. */
export function databasePath(folder: string): string {
  return join(folder, 'clips.db');
}

/** The index on disk, and questions to it. All calls block: see {@link SearchThread} for where it runs. */
export class SearchIndex implements Disposable {
  private readonly database: SearchDatabase;
  private readonly vocabulary = new Vocabulary();
  private readonly pictures = new PictureIndex();
  /** How many clips lie below folders, and contents of those whose pictures were seen: asked for with every question. */
  private readonly counts = new WhileUnchanged<number>();
  private readonly contents = new WhileUnchanged<Set<string>>();

  /** @param owner names the thread that this runs in */
  constructor(folder: string, limitBytes: number, owner: string) {
    this.database = new SearchDatabase(databasePath(folder), limitBytes, owner, () => this.changed());
  }

  /** What is kept of the clips below folders. */
  known(folders: readonly string[]): { clips: KnownClip[]; rebuilt: boolean } {
    const clips = this.database.known(folders);
    return { clips, rebuilt: this.database.takeRebuilt() };
  }

  put(entries: readonly ClipEntry[]): { dropped: number; rebuilt: boolean } {
    this.changed();
    const dropped = this.database.put(entries);
    return { dropped, rebuilt: this.database.takeRebuilt() };
  }

  remove(paths: readonly string[]): void {
    this.changed();
    this.database.remove(paths);
  }

  /** See {@link SearchDatabase.tidy}. */
  tidy({ begin }: { begin: boolean }): boolean {
    return this.database.tidy(begin);
  }

  /** Frames of a clip that a model has seen. */
  framesSeen({ content, model }: { content: string; model: string }): number[] {
    return this.database.read((ask) => framesSeen(ask, content, model));
  }

  /** Keeps what a model has seen of a clip, and that it is the clip at a path. */
  keepPictures({ path, pictures }: { path: string; pictures: ClipPictures }): void {
    this.changed();
    this.database.write((ask) => {
      if (pictures.frames.length > 0) {
        keepPictures(ask, pictures);
      }
      ask('update clip set content = ? where path = ?', [pictures.content, path]);
    });
  }

  /** Forgets what other models have seen. */
  keepModel(model: string): void {
    this.changed();
    this.database.write((ask) => dropOthers(ask, model));
  }

  /** Whether a model has seen any clip. */
  hasPictures(model: string): boolean {
    return this.database.read((ask) => markOf(ask, model).rows > 0);
  }

  /** @throws VideoChatError InvalidParams, SearchUnavailable */
  query({ query, folders, kinds, limit = usualLimit, pictures }: IndexQuery): IndexAnswer {
    const asked = pictureText(query) ?? query;
    const where = { folders, kinds: kinds?.filter((kind) => kind !== 'pictures'), limit };
    // One transaction: each of its own would cost as much as a question.
    const { moments, clips } = this.database.read((ask) => {
      const words = this.byWords(ask, query, where);
      const found = pictures ? fuseRankings(words, this.byPictures(ask, pictures, where), { asked, source: pictures.model.id }) : words;
      return { moments: found, clips: this.counts.get(ask, JSON.stringify(folders ?? null), () => countClips(ask, folders)) };
    });
    return { moments: moments.slice(0, limit), more: moments.length > limit, clips, rebuilt: this.database.takeRebuilt() };
  }

  dispose(): void {
    this.database.close();
  }

  private byWords(ask: Ask, query: string, where: Where): SearchMoment[] {
    const { hypernyms } = sharedWordNet();
    const parsed = parseQuery(query, (name) => hypernyms.has(name));
    if (where.kinds?.length === 0) {
      return [];
    }
    const found = this.moments(ask, parsed, where);
    const plain = parseQuery(query);
    // What has a name of its own may be told of in other words: "red car" as a car that is red.
    return found.length > 0 || plain.terms.length === parsed.terms.length ? found : this.moments(ask, plain, where);
  }

  private byPictures(ask: Ask, question: PictureQuestion, { folders, limit }: Where): PlacedMoment[] {
    this.pictures.read(ask, question.model);
    const contents = folders && this.contents.get(ask, JSON.stringify(folders), () => contentsBelow(ask, folders));
    const found = this.pictures.find(question, contents, Math.max(fewestClips, clipsPerMoment * limit));
    const paths = new Map<string, string[]>();
    return found.flatMap(({ content, ...moment }) => {
      const known = paths.get(content) ?? pathsOf(ask, content, folders);
      paths.set(content, known);
      return known.map((path) => ({ path, ...moment }));
    });
  }

  private moments(ask: Ask, { terms, unwanted }: ParsedQuery, where: Where): SearchMoment[] {
    const wordNet = sharedWordNet();
    const isKnown = this.vocabulary.read(ask);
    const widened = terms.map((term) => ({ term, alternatives: widenTerm(term, wordNet, isKnown) }));
    const rows = candidateRows(ask, widened, unwanted, where);
    return rankMoments(rows.map((row) => matchRow(row, widened, unwanted)), terms.map(({ asked }) => asked));
  }

  /** What was worked out from the index may not be so any more. */
  private changed(): void {
    this.vocabulary.forget();
    this.counts.forget();
    this.contents.forget();
  }
}
