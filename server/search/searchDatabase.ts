import { mkdirSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { ErrorCode, searchKinds, VideoChatError } from '../protocol/index.js';
import { type ClipEntry, type ClipPart, type KnownClip, longestText, mostRows, picturesPart, type SearchRow, wordKinds } from './clipEntry.js';
import { DatabaseLock } from './databaseLock.js';
import { clipMark, folderMark, foldersAbove } from './marks.js';
import { dropOrphans, pictureSchema } from './pictures/pictureTable.js';
import { type Database, isCrash, isDamage, openDatabase, type Statement } from './sqlite.js';
import { wordsOf } from './words.js';

/** Raised whenever the same clips would be kept otherwise: what an older or newer program has made is made anew. */
const layout = 3;
const applicationId = 0x56434653;

/** Words are taken apart and folded before: of them, this cuts at spaces alone. */
const tokenize = `tokenize="ascii"`;
const schema = `
create table clip(id integer primary key, path text not null unique, seen integer not null, content text, first integer, last integer);
create index clip_content on clip(content);
create table part(clip integer not null, source text not null, stamp text not null, primary key(clip, source)) without rowid;
create table moment(id integer primary key, clip integer not null, source text not null, kind integer not null, start real not null, stop real not null,
  best real, text text not null, who text not null, confidence real, count integer, document text);
create index moment_clip on moment(clip, source);
create virtual table clip_words using fts5(${wordKinds.join(', ')}, folders, content='', contentless_delete=1, detail=column, ${tokenize});
create virtual table moment_words using fts5(words, content='', contentless_delete=1, ${tokenize});
create virtual table vocabulary using fts5vocab(clip_words, 'row');${pictureSchema}
pragma application_id = ${applicationId};
pragma user_version = ${layout};`;

type Value = string | number | null | Uint8Array;
/** Runs one statement inside a transaction. */
export type Ask = (sql: string, values: Value[]) => Record<string, Value>[];

/** Pages of each table of words that are brought together at once: some tens of milliseconds. */
const pagesTidied = 200;
/** Of pages in memory: what questions need of a few hundred thousand rows. */
const cacheKib = 48_000;
/** Clips that make room at once, at most a quarter of all. */
const clipsDropped = 50;

/**
 * Clips and what they can be found by, on disk. Several processes may use one file: each call is a transaction of its
 * own. A file that cannot be read is made anew. Calls are not for a thread that has to answer others.
 */
export class SearchDatabase {
  private database: Database | undefined;
  private readonly statements = new Map<string, Statement>();
  private readonly lock: DatabaseLock;
  private rebuilt = false;

  /**
   * @param limitBytes of the file; the clips that were seen longest ago make room
   * @param owner of the lock, see {@link DatabaseLock}
   * @param onDiscard called when the file begins anew
   */
  constructor(
    readonly path: string,
    private readonly limitBytes: number,
    owner: string,
    private readonly onDiscard: () => void = () => undefined,
  ) {
    mkdirSync(dirname(path), { recursive: true });
    this.lock = new DatabaseLock(path, owner);
  }

  /** Whether the file was made anew since this was asked last. */
  takeRebuilt(): boolean {
    const { rebuilt } = this;
    this.rebuilt = false;
    return rebuilt;
  }

  /** What is kept of the clips below folders. */
  known(folders: readonly string[]): KnownClip[] {
    return this.transaction(() => {
      const marks = folders.map((folder) => `folders : "${folderMark(folder)}"`).join(' OR ');
      const rows = this.all(
        'select c.path, p.source, p.stamp from clip_words w join clip c on c.id = w.rowid left join part p on p.clip = c.id where clip_words match ? order by c.path',
        [marks],
      );
      const clips = new Map<string, KnownClip>();
      for (const { path, source, stamp } of rows) {
        const known = clips.get(String(path)) ?? { path: String(path), stamps: {} };
        if (source !== null && source !== undefined) {
          known.stamps[String(source)] = String(stamp);
        }
        clips.set(known.path, known);
      }
      return [...clips.values()];
    });
  }

  /** Keeps what changed of some clips. @returns how many other clips had to make room */
  put(entries: readonly ClipEntry[]): number {
    return this.transaction(() => {
      entries.forEach((entry) => this.putClip(entry));
      return this.makeRoom();
    });
  }

  /** Forgets clips. */
  remove(paths: readonly string[]): void {
    this.transaction(() => paths.forEach((path) => this.removeClip(path)));
  }

  /** Asks in a transaction of its own, so that several answers fit each other. */
  read<Result>(work: (ask: Ask) => Result): Result {
    return this.transaction(() => work((sql, values) => this.all(sql, values)));
  }

  /**
   * Brings together what many changes have strewn over the file, a little of it, so that questions find it in one place.
   *
   * @param begin the first of several calls
   * @returns whether there is more to do
   */
  tidy(begin: boolean): boolean {
    return this.transaction(() => {
      const changes = (): number => Number(this.all('select total_changes() n', [])[0]?.['n']);
      const merged = ['moment_words', 'clip_words'].map((table) => {
        const before = changes();
        // Said by SQLite's documentation: less than 2 changes, and all is in one place.
        this.run(`insert into ${table}(${table}, rank) values('merge', ?)`, [begin ? -pagesTidied : pagesTidied]);
        return changes() - before >= 2;
      });
      return merged.includes(true);
    });
  }

  /** Changes something in a transaction of its own. */
  write(work: (ask: Ask) => void): void {
    this.transaction(() => {
      work((sql, values) => this.all(sql, values));
      this.makeRoom();
    });
  }

  close(): void {
    const { database } = this;
    this.database = undefined;
    this.statements.forEach((statement) => statement.finalize());
    this.statements.clear();
    if (database) {
      this.lock.with(() => database.close());
    }
  }

  /** Numbers of this index are small. */
  private all(sql: string, values: Value[]): Record<string, Value>[] {
    return this.prepared(sql).all(values) as Record<string, Value>[];
  }

  private run(sql: string, values: Value[]): number {
    return Number(this.prepared(sql).run(values).lastInsertRowid);
  }

  private prepared(sql: string): Statement {
    const known = this.statements.get(sql) ?? this.open().prepare(sql);
    this.statements.set(sql, known);
    return known;
  }

  private putClip({ path, parts, gone }: ClipEntry): void {
    const [known] = this.all('select id from clip where path = ?', [path]);
    const id = known ? Number(known['id']) : this.run('insert into clip(path, seen) values(?, ?)', [path, Date.now()]);
    this.run('update clip set seen = ? where id = ?', [Date.now(), id]);
    [...gone, ...parts.map(({ source }) => source)].forEach((source) => this.removePart(id, source));
    parts.forEach((part) => this.putPart(id, part));
    if (gone.includes(picturesPart)) {
      this.run('update clip set content = null where id = ?', [id]);
    }
    const texts = Object.fromEntries(wordKinds.map((kind): [string, Set<string>] => [kind, new Set()]));
    for (const { kind, text } of this.all('select kind, text from moment where clip = ?', [id])) {
      wordsOf(String(text)).forEach((word) => texts[searchKinds[Number(kind)] ?? '']?.add(word.text));
    }
    this.run('update clip set (first, last) = (select min(id), max(id) from moment where clip = ?) where id = ?', [id, id]);
    this.run('delete from clip_words where rowid = ?', [id]);
    const columns = [...wordKinds.map((kind) => [...(texts[kind] ?? [])].join(' ')), foldersAbove(path).map(folderMark).join(' ')];
    this.run(`insert into clip_words(rowid, ${wordKinds.join(', ')}, folders) values(?${', ?'.repeat(columns.length)})`, [id, ...columns]);
  }

  private putPart(clip: number, { source, stamp, rows }: ClipPart): void {
    this.run('insert into part values(?, ?, ?)', [clip, source, stamp]);
    const surest = rows.length > mostRows ? [...rows].sort((a, b) => (b.confidence ?? 1) - (a.confidence ?? 1)).slice(0, mostRows) : rows;
    for (const row of surest) {
      const text = row.text.slice(0, longestText);
      const id = this.run('insert into moment(clip, source, kind, start, stop, best, text, who, confidence, count, document) values(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)', [
        ...[clip, source, searchKinds.indexOf(row.kind), row.startSeconds, row.endSeconds, row.bestSeconds ?? null, text, row.source],
        ...[row.confidence ?? null, row.count ?? null, row.document ? JSON.stringify(row.document) : null],
      ]);
      const words = wordsOf(text).map((word) => word.text);
      this.run('insert into moment_words(rowid, words) values(?, ?)', [id, [...words, clipMark(clip)].join(' ')]);
    }
  }

  private removeClip(path: string): void {
    const [known] = this.all('select id from clip where path = ?', [path]);
    if (known) {
      const id = Number(known['id']);
      this.all('select source from part where clip = ?', [id]).forEach(({ source }) => this.removePart(id, String(source)));
      this.run('delete from clip_words where rowid = ?', [id]);
      this.run('delete from clip where id = ?', [id]);
    }
  }

  private removePart(clip: number, source: string): void {
    this.run('delete from moment_words where rowid in (select id from moment where clip = ? and source = ?)', [clip, source]);
    this.run('delete from moment where clip = ? and source = ?', [clip, source]);
    this.run('delete from part where clip = ? and source = ?', [clip, source]);
  }

  private makeRoom(): number {
    const bytes = (): number => {
      const [pages, free, size] = ['page_count', 'freelist_count', 'page_size'].map((name) => Number(this.all(`pragma ${name}`, [])[0]?.[name]));
      return ((pages ?? 0) - (free ?? 0)) * (size ?? 0);
    };
    let dropped = 0;
    if (bytes() > this.limitBytes) {
      dropOrphans((sql, values) => this.all(sql, values));
    }
    while (bytes() > this.limitBytes) {
      const count = Number(this.all('select count(*) n from clip', [])[0]?.['n']);
      const oldest = this.all('select path from clip order by seen, id limit ?', [Math.min(clipsDropped, Math.ceil(count / 4))]);
      oldest.forEach(({ path }) => this.removeClip(String(path)));
      dropOrphans((sql, values) => this.all(sql, values));
      dropped += oldest.length;
      if (oldest.length === 0) {
        break;
      }
    }
    return dropped;
  }

  private transaction<Result>(work: () => Result): Result {
    return this.lock.with(() => {
      for (let tries = 0; ; tries++) {
        try {
          const database = this.open();
          database.exec('begin');
          try {
            const result = work();
            database.exec('commit');
            return result;
          } catch (error) {
            if (database.inTransaction) {
              database.exec('rollback');
            }
            throw error;
          }
        } catch (error) {
          if (!isDamage(error) || tries > 0) {
            throw refusal(error, this.path);
          }
          this.discard(error);
        }
      }
    });
  }

  private open(): Database {
    if (!this.database) {
      this.database = openDatabase(this.path);
      this.database.exec(`pragma journal_mode = truncate; pragma synchronous = normal; pragma cache_size = -${cacheKib}; pragma temp_store = memory`);
      this.prepare(this.database);
    }
    return this.database;
  }

  private prepare(database: Database): void {
    const numberOf = (name: string): number => Number((database.get(`pragma ${name}`) as Record<string, unknown> | null)?.[name]);
    const isNew = numberOf('page_count') === 0;
    if (!isNew && (numberOf('application_id') !== applicationId || numberOf('user_version') !== layout)) {
      throw new Error('The index of clips is of another program: not a database of ours.');
    }
    if (isNew) {
      database.exec(`begin; ${schema} commit;`);
    }
  }

  /** Begins with an empty file. */
  private discard(error: unknown): void {
    this.statements.clear();
    try {
      this.database?.close();
    } catch {
      // What is damaged may not close either.
    }
    this.database = undefined;
    for (const ending of ['', '-journal']) {
      rmSync(this.path + ending, { force: true });
    }
    rmSync(`${this.path}.lock`, { recursive: true, force: true });
    this.rebuilt = true;
    this.onDiscard();
    if (isCrash(error)) {
      // The library itself does not work any more: the next thread begins with a new one.
      throw error;
    }
  }
}

function refusal(error: unknown, subject: string): unknown {
  if (error instanceof VideoChatError || isCrash(error) || !(error instanceof Error)) {
    return error;
  }
  return /disk is full/i.test(error.message)
    ? new VideoChatError(ErrorCode.DiskFull, 'There is no room on the disk for the index of clips.', { hint: 'Free some space, then search again.', subject })
    : new VideoChatError(ErrorCode.SearchUnavailable, 'The index of clips cannot be read or written.', {
        hint: 'See whether the cache folder can be written to, and whether its disk has room.',
        subject,
      });
}

export type { SearchRow };
