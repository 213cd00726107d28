import { parseJson } from '../../../../server/dataset/json/parseJson.js';
import { writeJson } from '../../../../server/dataset/json/writeJson.js';

/** JSON without its white space: equal texts have the same values, and the same keys in the same order. */
export function sameText(json: string | undefined): string {
  return writeJson(parseJson((json ?? '').replace(/^\uFEFF/, '')));
}
