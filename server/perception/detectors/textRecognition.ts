import type { TextsManifest } from '../models/perceptionManifest.js';
import type { TextLine } from '../observations.js';
import { boxFromEdges } from '../boxes.js';
import type { RunGraph, Tensor } from './graph.js';
import { numbersOf } from './graph.js';
import { type FrameSizes, type Region, writePixels } from './pixels.js';

/** One line at the height the graph wants, [1,3,48,W]; narrow ones get padding behind. */
export function prepareTextLine(sizes: FrameSizes, region: Region, { recognition }: TextsManifest): Tensor {
  const { height, minWidth, maxWidth } = recognition;
  const width = Math.max(8, Math.min(maxWidth, Math.round((region.width * height) / region.height)));
  const outer = Math.max(minWidth, width);
  const data = new Float32Array(3 * height * outer);
  writePixels(sizes, region, width, height, { ...recognition, layout: 'chw' }, data, outer);
  return { type: 'float32', data, dims: [1, 3, height, outer] };
}

/**
 * The text in what a CTC recogniser gives: in each column the likeliest class, repeats joined, blanks (class 0) dropped.
 *
 * @param columns probabilities [columns, classes]; class 0 is the blank, 1… are `characters`, the last is a space
 * @returns the text and the mean probability of its characters
 */
export function readTextLine(columns: Float32Array, characters: readonly string[]): { text: string; score: number } {
  const classes = characters.length + 2;
  let text = '';
  let sum = 0;
  let count = 0;
  let last = 0;
  for (let from = 0; from + classes <= columns.length; from += classes) {
    let best = 0;
    for (let i = 1; i < classes; i++) {
      if ((columns[from + i] as number) > (columns[from + best] as number)) {
        best = i;
      }
    }
    if (best !== 0 && best !== last) {
      text += characters[best - 1] ?? ' ';
      sum += columns[from + best] as number;
      count++;
    }
    last = best;
  }
  return { text: text.trim(), score: count > 0 ? Math.min(1, sum / count) : 0 };
}

export async function readTextLines(sizes: FrameSizes, regions: readonly Region[], manifest: TextsManifest, characters: readonly string[], run: RunGraph): Promise<TextLine[]> {
  const { width, height } = sizes.frame;
  const lines: TextLine[] = [];
  for (const region of regions) {
    const outputs = await run({ [manifest.recognition.input]: prepareTextLine(sizes, region, manifest) });
    const { text, score } = readTextLine(numbersOf(outputs, manifest.recognition.output), characters);
    const { scoreThreshold, loneThreshold } = manifest.recognition;
    const box = boxFromEdges(region.left / width, region.top / height, (region.left + region.width) / width, (region.top + region.height) / height);
    if (text !== '' && score > ([...text].length === 1 ? loneThreshold : scoreThreshold) && box) {
      lines.push({ text, score, box });
    }
  }
  return lines;
}
