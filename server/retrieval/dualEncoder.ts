import { readFile } from 'node:fs/promises';
import type { DualEncoderManifest } from '../models/dualEncoderManifest.js';
import type { RunGraph } from '../perception/detectors/graph.js';
import type { OpenGraph } from '../perception/openGraph.js';
import type { RgbFrame } from '../video/decodeStretches.js';
import { preprocessFrame } from '../video/preprocessFrame.js';
import { pooled } from './pooled.js';
import type { RetrievalRequests } from './retrievalProcessProtocol.js';
import { TextTokens } from './textTokens.js';

const largestTokenizer = 64 * 1024 * 1024;

/** Pictures and texts as points of one space: what belongs together lies in one direction. */
export class DualEncoder {
  private constructor(
    private readonly manifest: DualEncoderManifest['retrieval'],
    private readonly graphs: { picture: RunGraph; text: RunGraph },
    private readonly tokens: TextTokens,
  ) {}

  /** @throws Error if the files are not what the manifest describes */
  static async open({ manifest: { retrieval }, files, threads }: RetrievalRequests['open']['params'], openGraph: OpenGraph): Promise<DualEncoder> {
    const tokenizer = await readFile(files.tokenizer);
    if (tokenizer.length > largestTokenizer) {
      throw new Error('the tokeniser is too long to be one');
    }
    const tokens = TextTokens.parse(tokenizer.toString('utf8'), retrieval.text);
    const [picture, text] = [await openGraph(files.picture, threads), await openGraph(files.text, threads)];
    return new DualEncoder(retrieval, { picture, text }, tokens);
  }

  /** @returns [width], of length 1 @throws Error if the graph is not the one its manifest describes */
  async embedPicture(frame: RgbFrame): Promise<Float32Array> {
    const { picture, width } = this.manifest;
    const { preprocess, input, output, pooling } = picture;
    const dims = [1, 3, preprocess.height, preprocess.width];
    const outputs = await this.graphs.picture({ [input]: { type: 'float32', data: preprocessFrame(frame, preprocess), dims } });
    return pooled(outputs, { output, pooling, width });
  }

  /** @returns [width], of length 1 @throws Error if the graph is not the one its manifest describes */
  async embedText(text: string): Promise<Float32Array> {
    const { text: side, width } = this.manifest;
    const { ids, mask } = this.tokens.of(text);
    const dims = [1, ids.length];
    const outputs = await this.graphs.text({
      [side.inputs.ids]: { type: 'int64', data: ids, dims },
      ...(side.inputs.mask === undefined ? {} : { [side.inputs.mask]: { type: 'int64', data: mask, dims } }),
    });
    return pooled(outputs, { output: side.output, pooling: side.pooling, width, mask });
  }
}
