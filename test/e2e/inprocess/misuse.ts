/** What the extension host complains about while the tests run. */
export type Misuse = readonly string[];

const signs = /videochat|potential listener leak|is not registered|already exists|DisposableStore/i;

/** Collects rejections nobody handles, and what VS Code prints about an extension that uses its API wrongly. */
export function watchForMisuse(): Misuse {
  const found: string[] = [];
  process.on('unhandledRejection', (reason) => found.push(`unhandled: ${String(reason instanceof Error ? reason.stack : reason)}`));
  for (const level of ['error', 'warn'] as const) {
    const print = console[level].bind(console);
    console[level] = (...parts: unknown[]): void => {
      const text = parts.map((part) => (part instanceof Error ? part.stack : String(part))).join(' ');
      if (signs.test(text)) {
        found.push(`${level}: ${text}`);
      }
      print(...parts);
    };
  }
  return found;
}
