import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { type EvaluationTask, phrase } from '../../protocol/index.js';
import type { EvalData } from '../evalItem.js';
import { ItemCollector } from './itemCollector.js';
import { readEgoschema, readMvbench, readNextqa } from './readChoices.js';
import { invalid } from './readDataFile.js';
import { readOpenQa, readVideoChatGpt } from './readOpen.js';
import { readDenseCaptions, readGrounding } from './readTimed.js';

const endings: Record<EvaluationTask, readonly string[]> = {
  mvbench: ['.json'],
  egoschema: ['.json'],
  nextqa: ['.csv'],
  openqa: ['.json', '.jsonl'],
  grounding: ['.json', '.txt'],
  densecaption: ['.json'],
  videochatgpt: ['.json'],
};

/** The items of a dataset, in its order. @throws VideoChatError FormatInvalid where a file cannot be read */
export async function readEvalData(task: EvaluationTask, data: readonly string[], most: number | undefined): Promise<EvalData> {
  const files = (await Promise.all(data.map((each) => filesOf(task, each)))).flat();
  const into = new ItemCollector(most);
  const each = async (read: (file: string, into: ItemCollector) => Promise<void>): Promise<void> => {
    for (const file of files) {
      await read(file, into);
    }
  };
  switch (task) {
    case 'mvbench':
      await each(readMvbench);
      break;
    case 'egoschema':
      await readEgoschema(files, into);
      break;
    case 'nextqa':
      await each(readNextqa);
      break;
    case 'openqa':
      await readOpenQa(files, into);
      break;
    case 'grounding':
      await each(readGrounding);
      break;
    case 'densecaption':
      await readDenseCaptions(files, into);
      break;
    case 'videochatgpt':
      await each(readVideoChatGpt);
      break;
  }
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
  const names = (await readdir(place)).filter((name) => endings[task].includes(path.extname(name).toLowerCase())).sort();
  if (names.length === 0) {
    throw invalid(place, phrase`the folder holds no file of this task`);
  }
  return names.map((name) => path.join(place, name));
}
