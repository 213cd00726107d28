import { expect, it } from 'vitest';
import { pacedTokens, tokensIn } from '../../bench/editor/pacedTokens.js';

it('numbers the tokens of the paced answer, so that one that is lost or out of order is seen', () => {
  const all = pacedTokens.map((_, index) => index);
  expect(tokensIn(pacedTokens.join(''))).toEqual(all);
  expect(tokensIn(pacedTokens.filter((_, index) => index !== 7).join(''))).toEqual(all.filter((index) => index !== 7));
});
