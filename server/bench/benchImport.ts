import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { VideoChatClient } from '../client/videoChatClient.js';
import { DatasetExportRequest, DatasetImportRequest } from '../protocol/index.js';
import type { BenchResult, BenchSkip } from './benchResult.js';
import { type LargeFormat, largeFormats, writeLargeFile } from './largeDatasetFile.js';
import { timeOnce } from './measure.js';
import { peakMegabytes } from './peakMegabytes.js';

const megabyte = 1024 * 1024;

/**
 * Large files taken in and given out again by a server of their own: the size of the file against the most memory that
 * the server ever had. Fails where a file does not come out byte for byte as it went in.
 */
export async function benchImport(folder: string, serverPath: string, megabytes: number, report: (result: BenchResult | BenchSkip) => void): Promise<void> {
  for (const format of largeFormats) {
    const part = join(folder, `import-${format}`);
    try {
      report(await benchFormat(part, serverPath, format, megabytes));
    } finally {
      await rm(part, { recursive: true, force: true });
    }
  }
}

async function benchFormat(folder: string, serverPath: string, format: LargeFormat, megabytes: number): Promise<BenchResult | BenchSkip> {
  const [file, out, dataset, mediaFolder] = ['in', 'out', 'dataset', 'media'].map((name) => join(folder, name)) as [string, string, string, string];
  await mkdir(mediaFolder, { recursive: true });
  const entries = await writeLargeFile(file, format, megabytes * megabyte);
  const size = (await stat(file)).size / megabyte;
  const client = await VideoChatClient.spawn({ serverPath, initialize: { settings: { cacheFolder: join(folder, 'cache') } } });
  const pid = client.processId ?? 0;
  const name = `A file of ${Math.round(size)} MB (${format}) against the most memory of the server that takes it in`;
  try {
    const idle = await peakMegabytes(pid);
    const read = await timeOnce(() => hashOf(file));
    const importMs = await timeOnce(() => client.request(DatasetImportRequest, { file, format, mediaFolder, dataset }));
    const afterImport = await peakMegabytes(pid);
    const exportMs = await timeOnce(() => client.request(DatasetExportRequest, { dataset, format, out }));
    const afterExport = await peakMegabytes(pid);
    if ((await hashOf(out)) !== (await hashOf(file))) {
      throw new Error(`${format} did not come out as it went in`);
    }
    if (idle === undefined || afterImport === undefined || afterExport === undefined) {
      return { name, skipped: `Only Linux tells the most memory of a process. Import ${(importMs / 1000).toFixed(0)} s, export ${(exportMs / 1000).toFixed(0)} s.` };
    }
    return {
      name,
      ratio: size / afterImport,
      numbers: [
        { label: 'most memory of the import', value: afterImport, unit: 'MB' },
        { label: 'with the export', value: afterExport, unit: 'MB' },
        { label: 'of a server that did nothing', value: idle, unit: 'MB' },
        { label: 'entries', value: entries, unit: '' },
        { label: 'import', value: importMs / 1000, unit: 's' },
        { label: 'export', value: exportMs / 1000, unit: 's' },
        { label: 'reading and hashing the file alone', value: read / 1000, unit: 's' },
      ],
    };
  } finally {
    await client.dispose();
  }
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: megabyte }), hash);
  return hash.digest('hex');
}
