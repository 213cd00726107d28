// C0 and C1 controls but tab and newline, and the marks that reorder what is read (bidirectional overrides).
const unsafe = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

/** Text from a model or a file, made safe to show: it may not move the cursor or recolour the terminal. */
export function printable(text: string): string {
  return text.replace(unsafe, '');
}
