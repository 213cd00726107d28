import { createHash, randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { removeStale, temporaryPath } from '../../dataset/temporaryFiles.js';
import { writing } from '../../dataset/writing.js';
import { type AnnotateBatchParams, ErrorCode, phrase, VideoChatError } from '../../protocol/index.js';

/** What a run does; another run goes on with its journal only if all of it is the same. */
export interface RunIdentity extends Pick<AnnotateBatchParams, 'task' | 'modelId' | 'split' | 'sampling'> {
  /** SHA-256 of the model's manifest. */
  manifest?: string;
  labels?: string[];
  track?: string;
}

const headerSchema = z.object({ journal: z.literal('videochat-annotate'), version: z.literal(1), run: z.string().min(1).max(100), identity: z.looseObject({}) });
const lineSchema = z.object({
  clip: z.string(),
  /** It was looked at from here on. */
  begun: z.literal(true).optional(),
  /** It was left alone, for reasons of its own or not. */
  stopped: z.literal(true).optional(),
  items: z.number().optional(),
  error: z.looseObject({ code: z.number(), message: z.string() }).optional(),
});

/**
 * The journal of a batch: a line that says what the run does, then a line for each clip that it begins and one for
 * each that it has finished with. Lines are only added; the latter are on disk before the next clip is written.
 */
export class Journal {
  private constructor(
    readonly path: string,
    private readonly file: FileHandle,
    /** Names the run; what it writes carries it. */
    readonly run: string,
    /** Clips that earlier runs have written. */
    readonly done: ReadonlySet<string>,
    /** How often runs have died while they looked at a clip; the clip may have to do with it. */
    readonly deaths: ReadonlyMap<string, number>,
  ) {}

  /**
   * Opens the journal of a run, in the dataset where that can be written to, else in the cache.
   *
   * @throws VideoChatError JournalMismatch if there is one to go on with, of a run that did something else;
   * AnnotationsNotWritten if none can be made
   */
  static async open(dataset: string, cacheFolder: string, identity: RunIdentity, resume: boolean): Promise<Journal> {
    const name = `${identity.task}${identity.modelId === undefined ? '' : `-${fileName(identity.modelId)}`}`;
    const key = createHash('sha256').update(dataset).digest('hex').slice(0, 16);
    const paths = [join(dataset, '.videochat', 'journals', `${name}.jsonl`), join(cacheFolder, 'journals', `${key}-${name}.jsonl`)];
    for (const path of resume ? paths : []) {
      const found = await Journal.take(path, identity);
      if (found) {
        return found;
      }
    }
    const [inDataset = '', inCache = ''] = paths;
    return Journal.create(inDataset, identity).catch((error: unknown) => (isDenied(error) ? Journal.create(inCache, identity) : Promise.reject(error as Error)));
  }

  /** Notes that a clip is looked at from now on, or is left as it was. */
  async mark(clip: string, what: 'begun' | 'stopped'): Promise<void> {
    await writing(this.path, () => this.file.appendFile(`${JSON.stringify({ clip, [what]: true })}\n`));
  }

  /** Notes that a clip is finished with. Resolves when it is on disk. */
  async note(line: { clip: string; items: number } | { clip: string; error: { code: number; message: string } }): Promise<void> {
    await writing(this.path, async () => {
      await this.file.appendFile(`${JSON.stringify({ ...line, at: new Date().toISOString() })}\n`);
      await this.file.datasync();
    });
  }

  close(): Promise<void> {
    return this.file.close();
  }

  /** A journal that is there; undefined where there is none, or none that says anything. */
  private static async take(path: string, identity: RunIdentity): Promise<Journal | undefined> {
    const content = await readFile(path).catch(() => undefined);
    // What a killed run has not written to its end is no line.
    const end = (content?.lastIndexOf(0x0a) ?? -1) + 1;
    if (!content || end === 0) {
      return undefined;
    }
    const [first = '', ...lines] = content.toString('utf8', 0, end).split('\n');
    const header = headerSchema.safeParse(parse(first)).data;
    if (!header || JSON.stringify(sorted(header.identity)) !== JSON.stringify(sorted(identity))) {
      throw new VideoChatError(ErrorCode.JournalMismatch, phrase`The journal ${path} belongs to another run: other options, another model, or another version of it.`, {
        hint: 'Start anew, without going on with it; suggestions that are there are not made twice.',
        subject: path,
      });
    }
    const done = new Set<string>();
    const deaths = new Map<string, number>();
    for (const line of lines) {
      const { clip, begun, stopped, error } = lineSchema.safeParse(parse(line)).data ?? {};
      if (clip !== undefined && begun) {
        deaths.set(clip, (deaths.get(clip) ?? 0) + 1);
      } else if (clip !== undefined && stopped) {
        deaths.set(clip, (deaths.get(clip) ?? 1) - 1);
      } else if (clip !== undefined) {
        deaths.delete(clip);
        if (!error) {
          done.add(clip);
        }
      }
    }
    const file = await writing(path, () => open(path, 'a'));
    try {
      await writing(path, () => file.truncate(end));
      return new Journal(path, file, header.run, done, deaths);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** The new journal takes the place of the old one whole: another run that still writes to that one does no harm. */
  private static async create(path: string, identity: RunIdentity): Promise<Journal> {
    const run = randomUUID();
    return writing(path, async () => {
      await mkdir(dirname(path), { recursive: true });
      await removeStale(dirname(path));
      await keepOutOfGit(dirname(path));
      const temporary = temporaryPath(path);
      const file = await open(temporary, 'ax');
      try {
        await file.appendFile(`${JSON.stringify({ journal: 'videochat-annotate', version: 1, run, identity, at: new Date().toISOString() })}\n`);
        await file.sync();
        await rename(temporary, path);
        return new Journal(path, file, run, new Set(), new Map());
      } catch (error) {
        await file.close();
        await rm(temporary, { force: true }).catch(() => undefined);
        throw error;
      }
    });
  }
}

async function keepOutOfGit(folder: string): Promise<void> {
  const path = join(folder, '.gitignore');
  await writeFile(path, '*\n', { flag: 'wx' }).catch(async ({ code }: NodeJS.ErrnoException) => {
    if (code !== 'EEXIST') {
      await rm(path, { force: true }).catch(() => undefined);
    }
  });
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** Keys in one order, without those that hold nothing. */
function sorted(value: unknown): unknown {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(
        Object.entries(value)
          .filter(([, each]) => each !== undefined)
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([key, each]) => [key, sorted(each)]),
      )
    : value;
}

function fileName(id: string): string {
  return id.replace(/[^A-Za-z0-9._-]/g, '_').slice(0, 80);
}

function isDenied(error: unknown): boolean {
  return error instanceof VideoChatError && error.code === ErrorCode.AnnotationsNotWritten;
}
