import { renameSync, writeFileSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Disposable } from '../../server/common/dispose.js';
import { type Conversation, conversationVersion, interruptOpenTurns, isConversationId } from './conversation.js';
import { conversationSchema } from './conversationSchema.js';
import { Listeners } from './listeners.js';
import type { Translate } from '../translate.js';

/** What a list of conversations shows. */
export interface ConversationSummary {
  id: string;
  title: string;
  updated: string;
  turns: number;
  /** Newest question, if any was asked. */
  lastQuestion?: string;
  /** Names of the clips. */
  clips: string[];
}

export interface StoreOptions {
  /** Made when first written to. */
  folder: string;
  /** A file that cannot be read, a disk that is full: said in one sentence. */
  warn(message: string): void;
  t: Translate;
  /** Changes that come within this time are written once; default 400 ms. */
  delayMs?: number;
}

const suffix = '.json';

/**
 * The conversations of a workspace, one file each. Files are replaced whole, so a crash leaves the old one or the
 * new one; one that cannot be read is set aside, never deleted.
 */
export class ConversationStore implements Disposable {
  private readonly live = new Map<string, Conversation>();
  private readonly dirty = new Set<string>();
  private readonly known = new Map<string, { modified: number; summary: ConversationSummary }>();
  private readonly changes = new Listeners<void>();
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> = Promise.resolve();
  private disposed = false;

  constructor(private readonly options: StoreOptions) {}

  readonly onDidChange = this.changes.add;

  /** All conversations, the newest first. */
  async list(): Promise<ConversationSummary[]> {
    const names = await this.names();
    const onDisk = await Promise.all(names.filter((id) => !this.live.has(id)).map((id) => this.summary(id)));
    const all = [...onDisk.filter((found) => found !== undefined), ...[...this.live.values()].map(summarise)];
    return all.sort((a, b) => b.updated.localeCompare(a.updated));
  }

  /** The conversation itself: every caller gets the same object, so changes are seen by all. */
  async get(id: string): Promise<Conversation | undefined> {
    if (!isConversationId(id)) {
      return undefined;
    }
    const read = this.live.get(id) ?? (await this.read(id));
    const conversation = this.live.get(id) ?? read;
    if (conversation && !this.live.has(id)) {
      interruptOpenTurns(conversation);
      this.live.set(id, conversation);
    }
    return conversation;
  }

  /** Keeps a conversation and its changes from now on. Written soon, together with what follows at once. */
  save(conversation: Conversation): void {
    this.live.set(conversation.id, conversation);
    this.dirty.add(conversation.id);
    this.changes.tell();
    if (!this.disposed) {
      this.timer ??= setTimeout(() => void this.flush(), this.options.delayMs ?? 400);
    }
  }

  async rename(id: string, title: string): Promise<void> {
    const conversation = await this.get(id);
    if (conversation && title.trim() !== '') {
      conversation.title = title.trim().slice(0, 200);
      this.save(conversation);
    }
  }

  async delete(id: string): Promise<void> {
    if (!isConversationId(id)) {
      return;
    }
    this.live.delete(id);
    this.dirty.delete(id);
    this.known.delete(id);
    // Behind a write that is under way, which would bring the file back.
    this.writing = this.writing.then(() => rm(this.file(id), { force: true }));
    await this.writing;
    this.changes.tell();
  }

  /** Conversations in whose title, clips, questions or answers all the words occur, in any case. */
  async search(query: string): Promise<ConversationSummary[]> {
    const words = query.toLocaleLowerCase().split(/\s+/).filter(Boolean);
    const found: ConversationSummary[] = [];
    for (const summary of await this.list()) {
      const conversation = this.live.get(summary.id) ?? (await this.read(summary.id));
      const said = conversation?.turns.flatMap(({ question, answer }) => [question, answer]) ?? [];
      const text = [summary.title, ...summary.clips, ...said].join('\n').toLocaleLowerCase();
      if (words.every((word) => text.includes(word))) {
        found.push(summary);
      }
    }
    return found;
  }

  /** Writes what has changed; a write that fails is reported, and tried again with the next change. */
  async flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const ids = [...this.dirty];
    this.dirty.clear();
    this.writing = this.writing.then(async () => {
      for (const id of ids) {
        await this.write(id);
      }
    });
    await this.writing;
  }

  /** Writes what is left at once: the editor does not wait for promises when its window closes. */
  dispose(): void {
    const { t, warn } = this.options;
    this.disposed = true;
    clearTimeout(this.timer);
    for (const id of this.dirty) {
      try {
        const temporary = `${this.file(id)}.last`;
        writeFileSync(temporary, JSON.stringify(this.live.get(id)));
        renameSync(temporary, this.file(id));
      } catch (error) {
        warn(t('A conversation could not be saved: {0}', describe(error)));
      }
    }
    this.dirty.clear();
  }

  private file(id: string): string {
    return join(this.options.folder, id + suffix);
  }

  private async names(): Promise<string[]> {
    try {
      const files = await readdir(this.options.folder);
      return files.filter((name) => name.endsWith(suffix)).map((name) => name.slice(0, -suffix.length)).filter(isConversationId);
    } catch {
      return [];
    }
  }

  private async write(id: string): Promise<void> {
    const { t, warn } = this.options;
    const conversation = this.live.get(id);
    if (!conversation) {
      return;
    }
    const temporary = `${this.file(id)}.new`;
    try {
      await mkdir(this.options.folder, { recursive: true });
      await writeFile(temporary, JSON.stringify(conversation));
      // Deleted meanwhile: nothing may bring it back.
      await (this.live.has(id) ? rename(temporary, this.file(id)) : rm(temporary, { force: true }));
    } catch (error) {
      this.dirty.add(id);
      warn(t('A conversation could not be saved: {0}', describe(error)));
    }
  }

  private async summary(id: string): Promise<ConversationSummary | undefined> {
    try {
      const { mtimeMs: modified } = await stat(this.file(id));
      const known = this.known.get(id);
      if (known?.modified === modified) {
        return known.summary;
      }
      const conversation = await this.read(id);
      if (!conversation) {
        return undefined;
      }
      const summary = summarise(conversation);
      this.known.set(id, { modified, summary });
      return summary;
    } catch {
      return undefined;
    }
  }

  private async read(id: string): Promise<Conversation | undefined> {
    const { t, warn } = this.options;
    let content: string;
    try {
      content = await readFile(this.file(id), 'utf8');
    } catch {
      return undefined;
    }
    const value = parseJson(content);
    const version = (value as { version?: unknown } | null | undefined)?.version;
    if (typeof version === 'number' && version > conversationVersion) {
      warn(t('A conversation was saved by a newer version of VideoChat and is not shown.'));
      return undefined;
    }
    const parsed = conversationSchema.safeParse(value);
    if (parsed.success && parsed.data.id === id) {
      return parsed.data;
    }
    await this.setAside(id);
    return undefined;
  }

  private async setAside(id: string): Promise<void> {
    const { t, warn } = this.options;
    const aside = `${this.file(id)}.broken-${Date.now()}`;
    try {
      await rename(this.file(id), aside);
      warn(t('A saved conversation cannot be read. It was kept as {0}', aside));
    } catch {
      // Somebody else has moved it.
    }
  }
}

function summarise({ id, title, updated, turns, clips }: Conversation): ConversationSummary {
  const names = clips.map(({ name }) => name);
  return { id, title, updated, turns: turns.length, lastQuestion: turns.at(-1)?.question, clips: names };
}

function parseJson(content: string): unknown {
  try {
    return JSON.parse(content) as unknown;
  } catch {
    return undefined;
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
