/**
 * As much of the editor's API as the assistant uses, for `vi.mock('vscode', …)`: what it is told is kept, nothing is shown.
 * A workspace without folders, unless a test gives it some.
 */
export function editorApi() {
  const workspaceFolders: { uri: FakeUri }[] = [];
  const told: string[] = [];
  return {
    ...{ Uri: FakeUri, Location: FakeLocation, MarkdownString: FakeMarkdown, TabInputCustom: class {}, CancellationError: class extends Error {} },
    ...{ LanguageModelTextPart: FakeTextPart, LanguageModelToolResult: FakeToolResult, LanguageModelToolCallPart: FakeToolCallPart, LanguageModelToolResultPart: FakeToolResultPart, ChatRequestTurn: FakeRequestTurn, ChatResponseTurn: FakeResponseTurn },
    // Newer than the oldest editor.
    LanguageModelDataPart: undefined,
    l10n: { t: (message: string, ...args: unknown[]) => message.replace(/\{(\d+)\}/g, (_, index: string) => String(args[Number(index)])) },
    ProgressLocation: { Window: 10 },
    /** What the status bar has said, in order. */
    told,
    window: {
      tabGroups: { activeTabGroup: {} },
      withProgress(this: void, { title }: { title: string }, work: (progress: { report(step: { message: string }): void }) => Promise<unknown>): Promise<unknown> {
        told.push(title);
        return work({ report: ({ message }) => told.push(message) });
      },
    },
    workspace: {
      workspaceFolders,
      textDocuments: [] as unknown[],
      isTrusted: true,
      getWorkspaceFolder: () => undefined,
      asRelativePath: (path: string) => path,
      findFiles: () => Promise.resolve([]),
    },
  };
}

export class FakeUri {
  constructor(
    readonly scheme: string,
    readonly path: string,
  ) {}

  static file(path: string): FakeUri {
    return new FakeUri('file', path);
  }

  static parse(text: string): FakeUri {
    return new FakeUri(new URL(text).protocol.slice(0, -1), new URL(text).pathname);
  }

  get fsPath(): string {
    return this.path;
  }
}

export class FakeLocation {
  constructor(readonly uri: FakeUri) {}
}

export class FakeMarkdown {
  isTrusted: unknown;
  constructor(readonly value: string) {}
}

export class FakeTextPart {
  constructor(readonly value: string) {}
}

export class FakeToolResult {
  constructor(readonly content: FakeTextPart[]) {}
}

export class FakeToolCallPart {
  constructor(
    readonly callId: string,
    readonly name: string,
    readonly input: object,
  ) {}
}

export class FakeToolResultPart {
  constructor(
    readonly callId: string,
    readonly content: unknown[],
  ) {}
}

export class FakeRequestTurn {
  constructor(readonly prompt: string) {}
}

export class FakeResponseTurn {
  constructor(readonly result: { metadata?: unknown }) {}
}
