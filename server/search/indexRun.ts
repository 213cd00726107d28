import { type CancellationToken, throwIfCancelled } from '../common/cancellation.js';
import { pathBelow } from '../dataset/datasetFolder.js';
import { annotationSuffix, ErrorCode, looksLikeVideo, type SearchIndexProgress, VideoChatError } from '../protocol/index.js';
import type { ClipEntry, ClipPart, KnownClip } from './clipEntry.js';
import type { ScannedClip } from './scanClips.js';
import type { SearchSource } from './searchSource.js';
import type { SearchThread } from './searchThread.js';

/** What is kept at once: a killed server loses no more, and nobody waits long for the index. */
const clipsAtOnce = 50;
const rowsAtOnce = 2000;
const mostFailures = 100;
/** After so many changes of clips, questions take longer unless the index is brought in order. */
const manyChanges = 200;
const mostSteps = 2000;
/** Nobody reads progress that is told more often, in milliseconds. */
const tellMs = 50;
/** What would fail with every clip. */
const hopeless: ReadonlySet<number> = new Set([ErrorCode.RequestCancelled, ErrorCode.FfmpegMissing, ErrorCode.DiskFull, ErrorCode.SearchUnavailable]);

export interface IndexFailure {
  path: string;
  error: VideoChatError;
}

export interface IndexFindings {
  clips: ScannedClip[];
  changed: Set<string>;
  removed: number;
  rebuilt: boolean;
  full: boolean;
  failed: IndexFailure[];
  /** Stamps of what is kept now, by clip and source. */
  known: Map<string, Record<string, string>>;
}

export interface IndexRunParts {
  thread: SearchThread;
  sources: readonly SearchSource[];
  folders: readonly string[];
  paths?: readonly string[];
  token: CancellationToken;
  report(progress: SearchIndexProgress): void;
}

/** Compares clips with the index, and reads again what changed: quick sources of all clips first. */
export class IndexRun {
  private readonly findings: IndexFindings = { clips: [], changed: new Set(), removed: 0, rebuilt: false, full: false, failed: [], known: new Map() };
  private waiting: ClipEntry[] = [];
  private toldMs = 0;

  constructor(private readonly parts: IndexRunParts) {}

  async run(): Promise<IndexFindings> {
    const { parts, findings } = this;
    const { thread, sources } = parts;
    const { clips, gone } = await this.compare();
    findings.clips = clips;
    for (let i = 0; i < gone.length; i += clipsAtOnce) {
      await thread.call('remove', gone.slice(i, i + clipsAtOnce));
    }
    findings.removed = gone.length;
    for (const stage of ['beside', 'inside'] as const) {
      const asked = sources.filter(({ isSlow = false }) => isSlow === (stage === 'inside'));
      for (const [done, clip] of clips.entries()) {
        if (performance.now() - this.toldMs > tellMs) {
          this.toldMs = performance.now();
          parts.report({ kind: 'clips', stage, done, total: clips.length });
        }
        await this.update(clip, asked);
      }
      await this.flush();
      parts.report({ kind: 'clips', stage, done: clips.length, total: clips.length });
    }
    if (findings.changed.size + findings.removed >= manyChanges) {
      await this.tidy();
    }
    return findings;
  }

  /** Step by step: questions go in between. */
  private async tidy(): Promise<void> {
    for (let step = 0; step < mostSteps; step++) {
      throwIfCancelled(this.parts.token);
      if (!(await this.parts.thread.call('tidy', { begin: step === 0 }))) {
        return;
      }
    }
  }

  /** Reads one clip anew, where it changed. */
  async update(clip: ScannedClip, sources: readonly SearchSource[]): Promise<void> {
    const { token } = this.parts;
    throwIfCancelled(token);
    const stamps = this.findings.known.get(clip.path);
    const entry: ClipEntry = { path: clip.path, parts: [], gone: [] };
    for (const source of sources) {
      const known = stamps?.[source.name];
      const stamp = await source.stamp(clip, known);
      if (stamp === undefined && known !== undefined) {
        entry.gone.push(source.name);
      } else if (stamp !== undefined && stamp !== known) {
        entry.parts.push({ source: source.name, stamp, rows: await this.read(clip, source) });
      }
    }
    if (entry.parts.length > 0 || entry.gone.length > 0) {
      await this.keep(entry);
    }
  }

  async keep(entry: ClipEntry): Promise<void> {
    const { findings } = this;
    const kept = entry.parts.map(({ source, stamp }) => [source, stamp] as const);
    const before = Object.entries(findings.known.get(entry.path) ?? {}).filter(([source]) => !entry.gone.includes(source));
    findings.known.set(entry.path, Object.fromEntries([...before, ...kept]));
    findings.changed.add(entry.path);
    this.waiting.push(entry);
    const rows = this.waiting.reduce((sum, { parts }) => sum + parts.reduce((count, part) => count + part.rows.length, 0), 0);
    if (this.waiting.length >= clipsAtOnce || rows >= rowsAtOnce) {
      await this.flush();
    }
  }

  async flush(): Promise<void> {
    const entries = this.waiting;
    this.waiting = [];
    if (entries.length > 0) {
      const { dropped, rebuilt } = await this.parts.thread.call('put', entries);
      this.findings.full ||= dropped > 0;
      this.findings.rebuilt ||= rebuilt;
    }
  }

  /** A clip that cannot be read is told; it is not read again before it changes. @throws what would fail with every clip */
  fail(path: string, error: unknown): void {
    throwIfCancelled(this.parts.token);
    if (!(error instanceof VideoChatError) || hopeless.has(error.code)) {
      throw error;
    }
    if (this.findings.failed.length < mostFailures && !this.findings.failed.some((each) => each.path === path)) {
      this.findings.failed.push({ path, error });
    }
  }

  private async read(clip: ScannedClip, source: SearchSource): Promise<ClipPart['rows']> {
    try {
      return await source.read(clip, this.parts.token);
    } catch (error) {
      this.fail(clip.path, error);
      return [];
    }
  }

  /** Clips to look at, and those that are gone. */
  private async compare(): Promise<{ clips: ScannedClip[]; gone: string[] }> {
    const { thread, folders, paths, token } = this.parts;
    const known = await thread.call('known', folders);
    this.findings.rebuilt ||= known.rebuilt;
    known.clips.forEach(({ path, stamps }: KnownClip) => this.findings.known.set(path, stamps));
    const named = known.rebuilt ? undefined : paths && clipsNamed(paths.filter((path) => folders.some((folder) => pathBelow(folder, path) !== undefined)));
    const few = named && (await this.scanFew(named));
    const some = few && named;
    const found = few ? { clips: few, full: false } : await thread.call('scan', folders, token);
    this.findings.full ||= found.full;
    const there = new Set(found.clips.map(({ path }) => path));
    const isAskedFor = some ? new Set(some) : undefined;
    const gone = known.clips.map(({ path }) => path).filter((path) => !there.has(path) && (isAskedFor?.has(path) ?? true));
    gone.forEach((path) => this.findings.known.delete(path));
    return { clips: found.clips, gone };
  }

  /** Some clips alone; undefined where documents do not lie beside their clips, so that only a look at everything tells. */
  private async scanFew(paths: readonly string[]): Promise<ScannedClip[] | undefined> {
    const clips = await this.parts.thread.call('scanPaths', paths);
    const there = new Set(clips.map(({ path }) => path));
    const isSimple = (path: string): boolean => {
      const stamps = this.findings.known.get(path);
      const document = stamps?.['annotations'];
      return (there.has(path) || stamps !== undefined) && (document === undefined || document.startsWith(`${path}${annotationSuffix} `));
    };
    return paths.every(isSimple) ? clips : undefined;
  }
}

/** The clips that these files are or lie beside; undefined where only a look at everything tells. */
function clipsNamed(paths: readonly string[]): string[] | undefined {
  const clips = paths.map((path) => (looksLikeVideo(path) ? path : path.endsWith(annotationSuffix) ? path.slice(0, -annotationSuffix.length) : undefined));
  const named = clips.filter((path) => path !== undefined && looksLikeVideo(path));
  return named.length === paths.length ? [...new Set(named.filter((path) => path !== undefined))] : undefined;
}
