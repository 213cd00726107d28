import { ErrorCode, phrase, VideoChatError } from '../protocol/index.js';

/** Longest grammar that is taken. */
export const maxGrammarBytes = 64 * 1024;
const maxDepth = 64;

/**
 * What libllama's parser cannot be trusted with: it copies text up to a NUL and calls itself for every bracket.
 * Grammars are this server's own; names and labels in them are not, and go through {@link ./gbnf}.
 *
 * @throws InvalidParams
 */
export function checkGrammar(grammar: string): void {
  const bytes = Buffer.byteLength(grammar);
  if (bytes > maxGrammarBytes) {
    throw new VideoChatError(
      ErrorCode.InvalidParams,
      phrase`The grammar of the answer takes ${bytes} bytes, more than the ${maxGrammarBytes} allowed.`,
    );
  }
  if (grammar.trim() === '' || grammar.includes('\0') || depthOf(grammar) > maxDepth) {
    throw new VideoChatError(ErrorCode.InvalidParams, 'The grammar of the answer cannot be read.', {
      hint: 'It must be GBNF with a rule `root`, without left recursion. The server log says more.',
    });
  }
}

function depthOf(grammar: string): number {
  let depth = 0;
  let deepest = 0;
  // Literals and sets of characters may hold brackets of their own.
  for (const [symbol] of grammar.matchAll(/"(?:\\.|[^"\\])*"|\[(?:\\.|[^\]\\])*\]|[()]/gsu)) {
    depth += symbol === '(' ? 1 : symbol === ')' ? -1 : 0;
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}
