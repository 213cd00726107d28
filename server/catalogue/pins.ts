import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeWhole } from '../common/writeWhole.js';
import type { HubFile } from '../hub/hubCache.js';
import { writingModels } from '../hub/hubErrors.js';

const pinSchema = z.object({
  commit: z.string().regex(/^[0-9a-f]{40}$/),
  /** As the hub names the content. */
  etag: z.string().regex(/^([0-9a-f]{40}|[0-9a-f]{64})$/),
  bytes: z.int().min(0),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});
const pinsSchema = z.object({ version: z.literal(1), files: z.record(z.string(), pinSchema) });
export type Pin = z.infer<typeof pinSchema>;

/** What files of the hub were when they were first fetched. They are not taken otherwise later. */
export class Pins {
  constructor(private readonly home: string) {}

  async find(file: HubFile): Promise<Pin | undefined> {
    return (await this.read())[keyOf(file)];
  }

  async add(file: HubFile, pin: Pin): Promise<void> {
    const files = { ...(await this.read()), [keyOf(file)]: pin };
    await writingModels(this.path, async () => {
      await mkdir(this.home, { recursive: true });
      await writeWhole(this.path, `${JSON.stringify({ version: 1, files }, null, 1)}\n`);
    });
  }

  private get path(): string {
    return join(this.home, 'pins.json');
  }

  private async read(): Promise<Record<string, Pin>> {
    try {
      return pinsSchema.parse(JSON.parse(await readFile(this.path, 'utf8'))).files;
    } catch {
      return {};
    }
  }
}

function keyOf({ repoType, repo, revision, path }: HubFile): string {
  return `${repoType}/${repo}@${revision}/${path}`;
}
