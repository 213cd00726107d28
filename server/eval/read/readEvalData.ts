import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { type EvaluationTask, phrase } from '../../protocol/index.js';
import type { EvalData } from '../evalItem.js';
import { ItemCollector } from './itemCollector.js';
import { readEgoschema, readMvbench, readNextqa } from './readChoices.js';
import { invalid } from './readDataFile.js';
import { readOpenQa, readVideoChatGpt } from './readOpen.js';
import { readDenseCaptions, readGrounding } from './readTimed.js';

type ReadFiles = (files: readonly string[], into: ItemCollector) => Promise<void>;

interface TaskFiles {
  endings: readonly string[];
  read: ReadFiles;
}

const tasks: Record<EvaluationTask, TaskFiles> = {
  mvbench: { endings: ['.json'], read: apart(readMvbench) },
  egoschema: { endings: ['.json'], read: readEgoschema },
  nextqa: { endings: ['.csv'], read: apart(readNextqa) },
  openqa: { endings: ['.json', '.jsonl'], read: readOpenQa },
  grounding: { endings: ['.json', '.txt'], read: apart(readGrounding) },
  densecaption: { endings: ['.json'], read: readDenseCaptions },
  videochatgpt: { endings: ['.json'], read: apart(readVideoChatGpt) },
};

/** Files that have nothing to do with each other. */
function apart(read: (file: string, into: ItemCollector) => Promise<void>): ReadFiles {
  return async (files, into) => {
    for (const file of files) {
      await read(file, into);
    }
  };
}

/** The items of a dataset, in its order. @throws VideoChatError FormatInvalid where a file cannot be read */
export async function readEvalData(task: EvaluationTask, data: readonly string[], most: number | undefined): Promise<EvalData> {
  const files = (await Promise.all(data.map((each) => filesOf(task, each)))).flat();
  const into = new ItemCollector(most);
  await tasks[task].read(files, into);
  return into.data;
}

async function filesOf(task: EvaluationTask, place: string): Promise<string[]> {
  const found = await stat(place).catch(() => undefined);
  if (!found) {
    throw invalid(place, phrase`there is no such file`);
  }
  if (!found.isDirectory()) {
    return [place];
  }
  const names = (await readdir(place)).filter((name) => tasks[task].endings.includes(path.extname(name).toLowerCase())).sort();
  if (names.length === 0) {
    throw invalid(place, phrase`the folder holds no file of this task`);
  }
  return names.map((name) => path.join(place, name));
}
