import { copyFile, mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { ChatPanel } from './chatPanel.js';
import { CodeServer, type CodeServerOptions } from './codeServer.js';
import { repository, shortFolder } from './folders.js';
import { until } from './until.js';
import { Workbench, type WorkbenchOptions } from './workbench.js';

/** The clip that the embedded model knows: a red circle moves right all the time, a blue square is there from 1.5 to 5.5 s. */
export const sampleClip = path.join(repository, 'models', 'videochat-mini', 'sample.mp4');

export interface EditorOptions extends WorkbenchOptions, Omit<CodeServerOptions, 'workspace' | 'locale'> {
  /** Files of the workspace: their names there, and what they are copies of. */
  files?: Record<string, string>;
  /** Language of extensions. */
  language?: string;
}

/** A workspace with clips, open in an editor that has the packaged extension. */
export class Editor {
  private constructor(
    readonly workspace: string,
    readonly server: CodeServer,
    readonly workbench: Workbench,
  ) {}

  /** @param name of the tests, for the folder of their pictures */
  static async open(name: string, options: EditorOptions = {}): Promise<Editor> {
    const { files = { 'sample.mp4': sampleClip }, language, ...others } = options;
    const workspace = path.join(shortFolder(), 'clips');
    await mkdir(workspace);
    for (const [file, source] of Object.entries(files)) {
      await mkdir(path.dirname(path.join(workspace, file)), { recursive: true });
      await copyFile(source, path.join(workspace, file));
    }
    const server = await CodeServer.start({ ...others, workspace, locale: language });
    const workbench = await Workbench.launch(name, server.folder, others);
    const editor = new Editor(workspace, server, workbench);
    await workbench.open(server.url());
    return editor;
  }

  /** Opens a new panel as people do, and waits until it can be asked. */
  async chatWith(file: string, menuItem = 'Chat with Video…'): Promise<ChatPanel> {
    const before = await this.workbench.newestWebview();
    await this.workbench.contextMenu(this.workbench.explorerRow(file), menuItem);
    // The panel that was there before answers until the new one has come.
    await until(async () => ![undefined, before].includes(await this.workbench.newestWebview()), `the panel of ${file}`);
    const panel = new ChatPanel(this.workbench);
    await panel.input.waitFor();
    return panel;
  }

  async close(): Promise<void> {
    await this.workbench.close();
    await this.server.stop();
    await rm(path.dirname(this.workspace), { recursive: true, force: true });
  }
}

/**
 * An editor for the tests of a file: opened before them, closed after them. A test that fails leaves a picture of
 * what was there to see.
 */
export function useEditor(name: string, options: () => EditorOptions | Promise<EditorOptions> = () => ({})): () => Editor {
  let editor: Editor | undefined;
  beforeAll(async () => {
    editor = await Editor.open(name, await options());
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') {
      await editor?.workbench.screenshots(`failed-${task.name.replace(/\W+/g, '-')}`);
    }
  });
  afterAll(() => editor?.close());
  return () => editor ?? unopened();
}

function unopened(): never {
  throw new Error('The editor did not open.');
}
