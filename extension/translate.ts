/** The form of `vscode.l10n.t` that this extension uses; parts without `vscode` are handed one. */
export type Translate = (message: string, ...args: (string | number)[]) => string;

/** English, with `{0}`, `{1}`, … filled in. */
export const english: Translate = (message, ...args) =>
  message.replace(/\{(\d+)\}/g, (whole, index: string) => String(args[Number(index)] ?? whole));
