import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { writeWhole } from '../common/writeWhole.js';
import { writingModels } from '../hub/hubErrors.js';

const pinSchema = z.object({ bytes: z.int().min(1), sha256: z.string().regex(/^[0-9a-f]{64}$/) });
const pinsSchema = z.object({ version: z.literal(1), archives: z.record(z.string(), pinSchema) });
export type PackPin = z.infer<typeof pinSchema>;

/** What archives without a known hash were when they were first fetched; they are not taken otherwise later. By their public address. */
export class PackPins {
  constructor(private readonly path: string) {}

  async find(url: string): Promise<PackPin | undefined> {
    return (await this.read())[url];
  }

  async add(url: string, { bytes, sha256 }: PackPin): Promise<void> {
    const archives = { ...(await this.read()), [url]: { bytes, sha256 } };
    await writingModels(this.path, async () => {
      await mkdir(dirname(this.path), { recursive: true });
      await writeWhole(this.path, `${JSON.stringify({ version: 1, archives }, null, 1)}\n`);
    });
  }

  private async read(): Promise<Record<string, PackPin>> {
    try {
      return pinsSchema.parse(JSON.parse(await readFile(this.path, 'utf8'))).archives;
    } catch {
      return {};
    }
  }
}
