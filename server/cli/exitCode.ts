/** What `videochat` ends with; documented in `--help` and the README. */
export const ExitCode = {
  ok: 0,
  /** Something failed; stderr says what, why and what to do. */
  error: 1,
  /** The command line itself was wrong. */
  usage: 2,
  /** Ctrl-C. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];
