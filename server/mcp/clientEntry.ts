/** What a client of the Model Context Protocol is told to start, in the form that most of them read. */
export interface ClientEntry {
  command: string;
  args: string[];
}

/**
 * The entry for clients on this machine. Everything in it is absolute: clients start programs wherever they please.
 *
 * @param program the entry of `videochat`, which Node runs
 */
export function clientEntry(node: string, program: string, { roots, allowWrites, model }: { roots: readonly string[]; allowWrites: boolean; model?: string }): ClientEntry {
  const args = [...roots.flatMap((root) => ['--root', root]), ...(allowWrites ? ['--allow-writes'] : []), ...(model === undefined ? [] : ['--model', model])];
  return { command: node, args: [program, 'mcp', ...args] };
}
