import path from 'node:path';
import { phrase } from '../../protocol/index.js';
import type { Aspect } from '../score/judgement.js';
import { fieldsOf, type ItemCollector, textField } from './itemCollector.js';
import { invalid, readDataJson, readDataText } from './readDataFile.js';

/**
 * Questions and answers: a list or lines of JSON, with `video_name`, `video` or `video_id`, `question` or `Q`, `answer` or
 * `A`. Two lists, of questions and of answers by their place, as Video-ChatGPT has them, belong together.
 */
export async function readOpenQa(files: readonly string[], into: ItemCollector): Promise<void> {
  const lists = await Promise.all(files.map(async (file) => ({ file, list: await listOf(file) })));
  const apart = lists.filter(({ list }) => list.some((each) => hasKey(each, 'answer') && !hasKey(each, 'question') && !hasKey(each, 'Q')));
  const [answers] = apart;
  for (const { file, list } of lists.filter((each) => each !== answers)) {
    list.forEach((value, index) => {
      const name = path.basename(file, path.extname(file));
      const id = hasKey(value, 'question_id') || hasKey(value, 'id') ? textField(fieldsOf(value), 'question_id', 'id') : `${name}#${index}`;
      into.add(id, () => {
        const fields = fieldsOf(value);
        const answer = textField(answers && lists.length === 2 ? fieldsOf(answers.list[index]) : fields, 'answer', 'A', 'a');
        return {
          video: textField(fields, 'video_name', 'video', 'video_id'),
          task: { kind: 'open', question: textField(fields, 'question', 'Q', 'q'), answer, aspects: ['match'], category: 'openqa' },
        };
      });
    });
  }
}

/** Video-ChatGPT's benchmark: generic questions get three scores, temporal and consistency ones the one they are named for. */
export async function readVideoChatGpt(file: string, into: ItemCollector): Promise<void> {
  const name = path.basename(file, path.extname(file));
  const aspects: Aspect[] = /temporal/i.test(name) ? ['temporal'] : ['correctness', 'detail', 'context'];
  (await listOf(file)).forEach((value, index) =>
    into.add(`${name}#${index}`, () => {
      const fields = fieldsOf(value);
      const twice = hasKey(value, 'Q1') || hasKey(value, 'Q2');
      return {
        video: textField(fields, 'video_name', 'video', 'video_id'),
        task: {
          kind: 'open',
          question: textField(fields, ...(twice ? ['Q1'] : ['Q', 'question'])),
          ...(twice ? { secondQuestion: textField(fields, 'Q2') } : {}),
          answer: textField(fields, 'A', 'answer'),
          aspects: twice ? ['consistency'] : aspects,
          category: name,
        },
      };
    }),
  );
}

async function listOf(file: string): Promise<unknown[]> {
  if (/\.(?:jsonl|ndjson)$/i.test(file)) {
    const lines = (await readDataText(file)).split(/\r?\n/);
    return lines.flatMap((line, index) => {
      if (line.trim() === '') {
        return [];
      }
      try {
        return [JSON.parse(line) as unknown];
      } catch {
        throw invalid(file, phrase`its line ${index + 1} is not JSON`);
      }
    });
  }
  const value = await readDataJson(file);
  if (!Array.isArray(value)) {
    throw invalid(file, phrase`it is no list`);
  }
  return value as unknown[];
}

function hasKey(value: unknown, key: string): boolean {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key);
}
