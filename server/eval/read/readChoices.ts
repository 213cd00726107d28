import { parse } from 'csv-parse/sync';
import path from 'node:path';
import { phrase } from '../../protocol/index.js';
import { BadField, type Fields, fieldsOf, type ItemCollector, secondsField, textField } from './itemCollector.js';
import { invalid, readDataJson, readDataText } from './readDataFile.js';

const mostOptions = 10;

/** One of MVBench's twenty files; its name is the category. */
export async function readMvbench(file: string, into: ItemCollector): Promise<void> {
  const category = path.basename(file, '.json');
  const list = await readDataJson(file);
  if (!Array.isArray(list)) {
    throw invalid(file, phrase`it is no list`);
  }
  list.forEach((value: unknown, index) =>
    into.add(`${category}/${index}`, () => {
      const fields = fieldsOf(value);
      const options = optionsOf(fields['candidates']);
      const answer = textField(fields, 'answer');
      const correct = options.findIndex((option) => option.trim() === answer);
      if (correct < 0) {
        throw new BadField(phrase`its answer is none of its candidates`);
      }
      const [start, end] = [secondsField(fields, 'start'), secondsField(fields, 'end')];
      const span = start !== undefined && end !== undefined && end > start ? { span: { startSeconds: start, endSeconds: end } } : {};
      return { video: textField(fields, 'video'), task: { kind: 'choice', choice: { question: textField(fields, 'question'), options, correct, category }, ...span } };
    }),
  );
}

/** EgoSchema's questions as a list, or its annotated subset by id; and files of answers alone, `{ id: 3 }`. */
export async function readEgoschema(files: readonly string[], into: ItemCollector): Promise<void> {
  const answers = new Map<string, number>();
  const questions: [string, unknown][] = [];
  for (const file of files) {
    const value = await readDataJson(file);
    if (Array.isArray(value)) {
      value.forEach((each: unknown, index) => questions.push([idOf(each) ?? `${path.basename(file)}#${index}`, each]));
    } else {
      for (const [id, each] of Object.entries(fieldsAt(file, value))) {
        if (typeof each === 'number') {
          answers.set(id, each);
        } else {
          questions.push([id, each]);
        }
      }
    }
  }
  for (const [id, value] of questions) {
    into.add(id, () => {
      const fields = fieldsOf(value);
      const options = [0, 1, 2, 3, 4].map((n) => textField(fields, `option ${n}`));
      const truth = answers.get(id) ?? fields['truth'];
      const known = typeof truth === 'number' && Number.isInteger(truth) && truth >= 0 && truth < options.length;
      return { video: id, task: { kind: 'choice', choice: { question: textField(fields, 'question'), options, ...(known ? { correct: truth } : {}), category: 'EgoSchema' } } };
    });
  }
}

/** NExT-QA's table. */
export async function readNextqa(file: string, into: ItemCollector): Promise<void> {
  const text = await readDataText(file);
  let rows: Record<string, string>[];
  try {
    rows = parse(text, { columns: true, bom: true, skip_empty_lines: true, relax_column_count: true, max_record_size: 1024 * 1024 });
  } catch (error) {
    throw invalid(file, phrase`it is not CSV: ${error instanceof Error ? error.message : String(error)}`);
  }
  rows.forEach((row, index) => {
    const line = `${path.basename(file)}:${index + 2}`;
    const [video, qid] = [row['video'], row['qid']];
    into.add(video && qid ? `${video}_${qid}` : line, () => {
      const options = ['a0', 'a1', 'a2', 'a3', 'a4'].map((name) => textField(row, name));
      const correct = Number(textField(row, 'answer'));
      if (!Number.isInteger(correct) || correct < 0 || correct >= options.length) {
        throw new BadField(phrase`line ${index + 2} names no option as its answer`);
      }
      return { video: textField(row, 'video'), task: { kind: 'choice', choice: { question: textField(row, 'question'), options, correct, category: textField(row, 'type') } } };
    });
  });
}

function optionsOf(value: unknown): string[] {
  if (!Array.isArray(value) || value.length < 2 || value.length > mostOptions || value.some((each) => typeof each !== 'string' && typeof each !== 'number')) {
    throw new BadField(phrase`it has no list of 2 to ${mostOptions} candidates`);
  }
  return value.map(String);
}

function idOf(value: unknown): string | undefined {
  const id = typeof value === 'object' && value !== null ? ((value as Fields)['q_uid'] ?? (value as Fields)['uid']) : undefined;
  return typeof id === 'string' && id !== '' ? id : undefined;
}

function fieldsAt(file: string, value: unknown): Fields {
  if (typeof value !== 'object' || value === null) {
    throw invalid(file, phrase`it holds no questions`);
  }
  return value as Fields;
}
