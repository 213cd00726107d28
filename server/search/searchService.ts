import { join, resolve } from 'node:path';
import { cancellationSource, type CancellationToken, throwIfCancelled } from '../common/cancellation.js';
import type { Disposable } from '../common/dispose.js';
import { FairQueue, type Lane } from '../common/fairQueue.js';
import { SharedTasks } from '../common/sharedTasks.js';
import { untilCancelled } from '../common/untilCancelled.js';
import type { Engine } from '../engine/engine.js';
import type { SearchIndexParams, SearchIndexProgress, SearchQueryParams } from '../protocol/index.js';
import { type IndexFindings, IndexRun } from './indexRun.js';
import type { SearchRow } from './clipEntry.js';
import { lookThrough } from './lookThrough.js';
import { type Noticed, NoticedClips, spokenRows } from './noticed.js';
import { PictureSearch, type UsedRetrieval } from './pictures/pictureSearch.js';
import type { ScannedClip } from './scanClips.js';
import type { IndexAnswer } from './searchIndex.js';
import type { SearchSource } from './searchSource.js';
import { SearchThread } from './searchThread.js';
import { annotationSource } from './sources/annotationSource.js';
import { nameSource } from './sources/nameSource.js';
import { picturesSource } from './sources/picturesSource.js';
import { embeddedSource, sidecarSource } from './sources/subtitleSource.js';
import { timelineSource } from './sources/timelineSource.js';
import { type ToldPart, toldParts, toldSource } from './sources/toldSource.js';

const mostBytes = 512 * 1024 * 1024;
/** The part of a clip that says that somebody has looked through all of it. */
const lookedPart = 'looked';
/** Clips that are looked through together are noted together. */
const settleMs = 500;
const ownLane: Lane = { client: 'search', chat: 'search' };

/** What a run of `search/index` found. */
export interface IndexOutcome extends Pick<IndexFindings, 'removed' | 'rebuilt' | 'full' | 'failed'> {
  clips: number;
  changed: number;
  unseen: number;
  retrieval?: UsedRetrieval;
}
export type QueryOutcome = IndexAnswer & { retrieval?: UsedRetrieval };

/** Finds moments in all clips of some folders; see `server/protocol/search.ts`. */
export class SearchService implements Disposable {
  private readonly thread: SearchThread;
  private readonly sources: readonly SearchSource[];
  private readonly running = new SharedTasks<IndexOutcome, SearchIndexProgress>();
  /** Runs over the same files would do the same work twice. */
  private readonly queue = new FairQueue();
  private readonly closing = cancellationSource();
  private readonly noticed = new NoticedClips();
  private readonly pictures: PictureSearch;
  private settling: NodeJS.Timeout | undefined;

  constructor(private readonly engine: Engine) {
    const { settings, timelines, probes, probing, parts, ffmpeg, logger } = engine;
    this.thread = new SearchThread(join(settings.cacheFolder, 'search'), Math.min(settings.cacheBytes, mostBytes));
    const { modelFolders, cacheFolder, threads } = settings;
    this.pictures = new PictureSearch(parts.retrieval.open({ modelFolders, cacheFolder, threads, logger }), this.thread);
    const probe = (path: string, token: CancellationToken): ReturnType<typeof probes.get> =>
      probing.run(ownLane, async () => probes.get(path, async () => parts.video.probe(path, await ffmpeg.tools(), token)), token);
    this.sources = [
      nameSource,
      annotationSource(this.thread),
      sidecarSource(engine),
      timelineSource(timelines, probes),
      ...toldParts.map(toldSource),
      picturesSource,
      embeddedSource(engine, probe),
    ];
    timelines.onLooked = (path, made, whole) => {
      const spoken = spokenRows(made);
      this.note(path, { whole, ...(spoken.length > 0 && whole ? { told: ['spoken', spoken] } : {}) });
    };
  }

  /** @throws VideoChatError RequestCancelled, FfmpegMissing, DiskFull, SearchUnavailable */
  index({ folders, paths, look = false }: SearchIndexParams, lane: Lane, token: CancellationToken, progress: (value: SearchIndexProgress) => void): Promise<IndexOutcome> {
    const asked = { folders: [...new Set(folders.map((folder) => resolve(folder)))].sort(), paths: paths?.map((path) => resolve(path)), look };
    const run = (report: (value: SearchIndexProgress) => void, shared: CancellationToken): Promise<IndexOutcome> => this.run(asked, lane, shared, report);
    return this.running.join(JSON.stringify(asked), run, token, progress);
  }

  /** @throws VideoChatError InvalidParams, SearchUnavailable, RequestCancelled */
  async query({ folders, ...params }: SearchQueryParams, token: CancellationToken): Promise<QueryOutcome> {
    const { question, used } = await this.pictures.question(params, token);
    const asked = { ...params, ...(folders ? { folders: folders.map((folder) => resolve(folder)) } : {}), ...(question ? { pictures: question } : {}) };
    const found = await untilCancelled(this.thread.call('query', asked), token);
    return { ...found, ...(used ? { retrieval: used } : {}) };
  }

  async dispose(): Promise<void> {
    clearTimeout(this.settling);
    this.closing.cancel();
    this.engine.timelines.onLooked = undefined;
    await this.pictures.dispose();
    await this.thread.dispose();
  }

  private async run(
    { folders, paths, look }: Required<Pick<SearchIndexParams, 'folders' | 'look'>> & Pick<SearchIndexParams, 'paths'>,
    lane: Lane,
    token: CancellationToken,
    report: (value: SearchIndexProgress) => void,
  ): Promise<IndexOutcome> {
    const run = new IndexRun({ thread: this.thread, sources: this.sources, folders, ...(paths ? { paths } : {}), token, report });
    const findings = await this.queue.run(lane, () => run.run(), token);
    const models = await this.engine.timelines.modelsStamp();
    const seeing = await this.pictures.run(look);
    const isLooked = ({ path, stamp }: ScannedClip): boolean => {
      const stamps = findings.known.get(path);
      return stamps?.[lookedPart] === `${stamp} ${models}` && seeing.hasSeen(stamps);
    };
    if (look) {
      const left = findings.clips.filter((clip) => !isLooked(clip));
      for (const [done, clip] of left.entries()) {
        const tell = (fraction: number): void => report({ kind: 'look', path: clip.path, fraction, done, total: left.length });
        tell(0);
        try {
          await seeing.look(clip.path, (onlookerFor) => lookThrough(this.engine, clip.path, { lane, token, onlookerFor }, tell));
          const parts = [{ source: lookedPart, stamp: `${clip.stamp} ${models}`, rows: [] }, ...seeing.partOf(clip.stamp)];
          await run.keep({ path: clip.path, parts, gone: [] });
          await run.update(clip, this.sources.filter(({ isSlow }) => !isSlow));
          await run.flush();
        } catch (error) {
          throwIfCancelled(token);
          run.fail(clip.path, error);
        }
      }
    }
    const isUnseen = (stamps: Record<string, string>): boolean => (stamps['timeline'] === undefined && stamps[lookedPart] === undefined) || !seeing.hasSeen(stamps);
    const unseen = [...findings.known.values()].filter(isUnseen).length;
    const { changed, removed, rebuilt, full, failed } = findings;
    const { used } = seeing;
    return { clips: findings.known.size, changed: changed.size, removed, unseen, rebuilt, full, failed, ...(look && used ? { retrieval: used } : {}) };
  }

  /** Tells what was found out of a clip and stands nowhere else. A clip that is in no index needs none of it. */
  tell(path: string, part: ToldPart, rows: SearchRow[]): void {
    this.note(path, { told: [part, rows] });
  }

  /** What becomes known of a clip can be found soon, if its folder is searched at all. */
  private note(path: string, what: Parameters<NoticedClips['add']>[1]): void {
    this.noticed.add(path, what);
    this.settling ??= setTimeout(() => {
      this.settling = undefined;
      void this.refresh(this.noticed.take()).catch((error: unknown) => this.engine.logger.log('warn', `What was noticed could not be indexed: ${String(error)}`));
    }, settleMs);
    this.settling.unref();
  }

  private async refresh(noticed: ReadonlyMap<string, Noticed>): Promise<void> {
    const folders = [...new Set([...noticed.keys()].map((path) => resolve(path, '..')))];
    const known = await this.thread.call('known', folders);
    const paths = known.clips.map(({ path }) => path).filter((path) => noticed.has(path));
    if (paths.length === 0) {
      return;
    }
    const { token } = this.closing;
    const run = new IndexRun({ thread: this.thread, sources: this.sources.filter(({ isSlow }) => !isSlow), folders, paths, token, report: () => undefined });
    const { clips } = await this.queue.run(ownLane, () => run.run(), token);
    const models = await this.engine.timelines.modelsStamp();
    for (const { path, stamp } of clips) {
      const { whole = false, told = new Map<ToldPart, SearchRow[]>() } = noticed.get(path) ?? {};
      const parts = [...told].map(([source, rows]) => ({ source, stamp, rows }));
      await run.keep({ path, parts: [...parts, ...(whole ? [{ source: lookedPart, stamp: `${stamp} ${models}`, rows: [] }] : [])], gone: [] });
    }
    await run.flush();
  }
}
