import type { LineChange } from '../../extension/annotate/lineText.js';
import { AnnotationModel, type ModelChange } from '../../extension/annotate/annotationModel.js';
import type { AnnotatedMedia } from '../../server/protocol/index.js';

/** An open text as VS Code has it: lines end one way, changes are steps of undo, others change it, too. */
export class EditorText {
  text: string;
  version = 1;
  readOnly = false;
  /** A change takes its time, as it does across processes. */
  slow = false;
  /** What somebody else does right before the next change of the model. */
  meanwhile: (() => void) | undefined;
  changes: LineChange[] = [];
  private readonly undoStack: string[] = [];
  private readonly redoStack: string[] = [];
  readonly model: AnnotationModel;
  readonly told: ModelChange[] = [];

  constructor(
    text: string,
    private readonly eol: '\n' | '\r\n' = '\n',
    media?: () => AnnotatedMedia | undefined,
  ) {
    this.text = text.replaceAll('\n', eol);
    this.model = new AnnotationModel({
      getText: () => this.text,
      version: () => this.version,
      replace: (change) => this.replace(change),
      ...(media ? { media } : {}),
    });
    this.model.onDidChange((change) => this.told.push(change));
  }

  /** Somebody else's change. */
  type(text: string): void {
    this.set(text.replaceAll('\n', this.eol));
  }

  undo(): void {
    this.restore(this.undoStack, this.redoStack);
  }

  redo(): void {
    this.restore(this.redoStack, this.undoStack);
  }

  private async replace(change: LineChange): Promise<boolean> {
    const { version } = this;
    if (this.slow) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    const act = this.meanwhile;
    this.meanwhile = undefined;
    act?.();
    // As VS Code does: an edit that was made for an older text is refused.
    if (this.readOnly || this.version !== version) {
      return false;
    }
    this.changes.push(change);
    const lines = this.text.split(this.eol);
    const before = lines.slice(0, change.startLine).map((line) => line + this.eol);
    const after = lines.slice(change.endLine).join(this.eol);
    this.set(before.join('') + change.text.replaceAll('\n', this.eol) + after);
    return true;
  }

  private set(text: string): void {
    this.undoStack.push(this.text);
    this.redoStack.length = 0;
    this.change(text);
  }

  private restore(from: string[], to: string[]): void {
    const text = from.pop();
    if (text !== undefined) {
      to.push(this.text);
      this.change(text);
    }
  }

  private change(text: string): void {
    this.text = text;
    this.version++;
    this.model.textChanged();
  }
}
