import { copyFile, mkdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { CodeServer } from '../../e2e/support/codeServer.js';
import { repository, shortFolder } from '../../e2e/support/folders.js';
import { until } from '../../e2e/support/until.js';
import { Workbench } from '../../e2e/support/workbench.js';
import { portVariable, type ProbeApi } from '../probe/probeApi.js';
import { benchPath } from './benchPath.js';
import { PanelPage } from './panelPage.js';

/** The clip in the workspace. */
export const clipName = 'sample.mp4';

/** A real editor whose extension host holds the extension and the probe. */
export class ProbedEditor {
  readonly panel: PanelPage;

  private constructor(
    readonly server: CodeServer,
    private readonly workbench: Workbench,
    private readonly portFile: string,
    private port: string,
  ) {
    this.panel = new PanelPage(workbench);
  }

  /**
   * @param extension folder of the extension, laid out as in its package
   * @param env for the editor, its extension host and the extension's server
   */
  static async open(extension: string, env: Record<string, string> = {}): Promise<ProbedEditor> {
    const workspace = path.join(shortFolder(), 'clips');
    await mkdir(workspace);
    await copyFile(path.join(repository, 'models', 'videochat-mini', 'sample.mp4'), path.join(workspace, clipName));
    const portFile = path.join(workspace, '..', 'port');
    const server = await CodeServer.start({
      workspace,
      extension: false,
      settings: { 'videochat.sampling.temperature': 0 },
      args: ['--vscode-option', 'enable-smoke-test-driver'],
      // As the server alone is measured: with the threads it chooses.
      env: { VIDEOCHAT_THREADS: '0', ...env, [portVariable]: portFile },
    });
    const workbench = await Workbench.launch('bench', server.folder);
    const editor = new ProbedEditor(server, workbench, portFile, '');
    try {
      await workbench.page.exposeFunction('codeAutomationLog', () => undefined);
      await workbench.page.exposeFunction('codeAutomationExit', () => undefined);
      await editor.load(extension);
      return editor;
    } catch (error) {
      await editor.close();
      throw error;
    }
  }

  /** Loads the window, again perhaps: each time with an extension host of its own. */
  async load(extension: string): Promise<void> {
    await rm(this.portFile, { force: true });
    const remote = (file: string): string => `vscode-remote://127.0.0.1:${this.server.port}${file}`;
    const payload = [
      ['extensionDevelopmentPath', remote(extension)],
      ['extensionTestsPath', remote(benchPath('editor', 'probe.cjs'))],
      ['skipWelcome', 'true'],
    ];
    await this.workbench.page.goto(this.server.url({ payload: JSON.stringify(payload) }));
    this.port = await until(() => readFile(this.portFile, 'utf8').catch(() => undefined), 'the probe in the extension host');
  }

  /** Asks the probe. */
  async ask<Method extends keyof ProbeApi>(method: Method, ...args: Parameters<ProbeApi[Method]>): Promise<Awaited<ReturnType<ProbeApi[Method]>>> {
    const response = await fetch(`http://127.0.0.1:${this.port}/${method}`, { method: 'POST', body: JSON.stringify(args) });
    const { result, error } = (await response.json()) as { result: Awaited<ReturnType<ProbeApi[Method]>>; error?: string };
    if (error !== undefined) {
      throw new Error(`The probe could not ${method}: ${error}`);
    }
    return result;
  }

  async close(): Promise<void> {
    await this.workbench.close();
    await this.server.stop();
    await rm(path.dirname(this.portFile), { recursive: true, force: true });
  }
}
