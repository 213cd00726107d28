import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type BrowserContext, type FrameLocator, type Locator, type Page, chromium } from 'playwright-core';
import { browserTools } from './browserTools.js';
import { cachePath } from './folders.js';
import { until } from './until.js';

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

export interface WorkbenchOptions {
  width?: number;
  height?: number;
  /** Of the browser, e.g. `zh-CN`. */
  locale?: string;
  reducedMotion?: boolean;
  /** The sound codecs of VS Code on the desktop, which has no AAC; browsers mostly have it. */
  desktopSound?: boolean;
}

/** What a test uses of the editor's page while it loads. */
interface SettingsPage {
  document: { getElementById(id: string): { getAttribute(name: string): string | null; setAttribute(name: string, value: string): void } | null };
  MutationObserver: new (look: () => void) => { observe(node: unknown, what: object): void };
}

/** The editor's window in a browser with a profile of its own, and what a person does there. */
export class Workbench {
  /** Errors of the page's scripts, of its frames too. */
  readonly errors: string[] = [];
  private shots = 0;

  private constructor(
    private readonly context: BrowserContext,
    private window: Page,
    private readonly name: string,
  ) {
    this.listen(window);
  }

  get page(): Page {
    return this.window;
  }

  private listen(page: Page): void {
    page.on('pageerror', (error) => this.errors.push(String(error.stack ?? error)));
    page.on('console', (message) => message.type() === 'error' && this.errors.push(message.text()));
  }

  /** @param name of the tests, for the folder of their pictures */
  static async launch(name: string, folder: string, options: WorkbenchOptions = {}): Promise<Workbench> {
    const { width = 1400, height = 900, locale = 'en-US', reducedMotion = false } = options;
    const context = await chromium.launchPersistentContext(path.join(folder, 'browser'), {
      executablePath: browserTools().chromium,
      headless: true,
      viewport: { width, height },
      locale,
      reducedMotion: reducedMotion ? 'reduce' : 'no-preference',
      args: [
        ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
        ...['--disable-component-update', '--disable-sync', '--disable-dev-shm-usage', '--mute-audio'],
        '--autoplay-policy=no-user-gesture-required',
      ],
    });
    context.setDefaultTimeout(60_000);
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    if (options.desktopSound) {
      await context.addInitScript(() => {
        const page = globalThis as unknown as { OfflineAudioContext: { prototype: { decodeAudioData: unknown } } };
        page.OfflineAudioContext.prototype.decodeAudioData = () => Promise.reject(new Error('There is no such decoder.'));
      });
    }
    return new Workbench(context, context.pages()[0] ?? (await context.newPage()), name);
  }

  /**
   * From the next load on the editor takes `vscode:` addresses as its own, as VS Code does; code-server's are
   * `code-oss:`, which previews of a browser window do not follow.
   */
  async takeAddressesOfVsCode(): Promise<void> {
    await this.page.addInitScript(() => {
      const { document, MutationObserver } = globalThis as unknown as SettingsPage;
      const look = (): void => {
        const element = document.getElementById('vscode-workbench-web-configuration');
        const settings = JSON.parse(element?.getAttribute('data-settings') ?? '{}') as { productConfiguration?: { urlProtocol?: string } };
        if (element && settings.productConfiguration && settings.productConfiguration.urlProtocol !== 'vscode') {
          settings.productConfiguration.urlProtocol = 'vscode';
          element.setAttribute('data-settings', JSON.stringify(settings));
        }
      };
      new MutationObserver(look).observe(document, { childList: true, subtree: true });
    });
  }

  async open(url: string): Promise<void> {
    await this.page.goto(url);
    await this.page.locator('.monaco-workbench').waitFor();
    await this.page.locator('.explorer-folders-view .monaco-list-row').first().waitFor();
  }

  /** Another window of the same person; it ends with {@link closeWindow}. */
  async anotherWindow(url: string): Promise<Workbench> {
    const other = new Workbench(this.context, await this.context.newPage(), this.name);
    await other.open(url);
    return other;
  }

  closeWindow(): Promise<void> {
    return this.window.close();
  }

  /** Ends the window without a word to what is in it, and opens another. */
  async kill(url: string): Promise<void> {
    const next = await this.context.newPage();
    this.listen(next);
    await this.window.close({ runBeforeUnload: false });
    this.window = next;
    await this.open(url);
  }

  /** Waits until the editor has written down what it keeps over a reload: in a browser it does so every 5 s. */
  settled(): Promise<void> {
    return sleep(7_000);
  }

  close(): Promise<void> {
    return this.context.close();
  }

  /** A file or folder in the explorer. */
  explorerRow(name: string): Locator {
    const label = this.page.locator('.label-name', { hasText: new RegExp(`^${escaped(name)}$`) });
    return this.page.locator('.explorer-folders-view .monaco-list-row').filter({ has: label });
  }

  /**
   * Chooses from a context menu, which is opened again until the entry is there. The menu takes no click in the
   * first 100 ms after it opens, and says nothing.
   */
  async contextMenu(target: Locator, item: string): Promise<void> {
    const entry = this.page.getByRole('menuitem', { name: item, exact: true });
    await until(async () => {
      try {
        await target.click({ button: 'right', timeout: 5_000 });
        await entry.waitFor({ timeout: 2_000 });
        await sleep(250);
        await entry.click({ timeout: 30_000 });
        return true;
      } catch {
        // Nothing may stay open or hover over the entry: the next try begins where this one did.
        await this.page.keyboard.press('Escape');
        await this.page.mouse.move(700, 5);
        return false;
      }
    }, `the menu entry ${item}`);
    await entry.waitFor({ state: 'hidden' });
  }

  /**
   * Runs the command with exactly this name, with its category; Enter would run whatever is first. The list is
   * opened again until the command is there: extensions are known some seconds after the window.
   */
  async runCommand(name: string): Promise<void> {
    const input = this.page.locator('.quick-input-widget input[type=text]');
    const soon = { timeout: 3_000 };
    const run = async (): Promise<boolean> => {
      await this.page.keyboard.press('F1');
      await input.fill(`>${name}`, soon);
      await this.quickPickRow(name).click(soon);
      return true;
    };
    // What went before may move the focus a moment later, and the list closes.
    const giveUp = async (): Promise<boolean> => {
      await this.page.keyboard.press('Escape');
      return false;
    };
    await until(() => run().catch(giveUp), `the command ${name}`);
  }

  /** An entry of the open list of choices; an icon before its name counts as space. */
  quickPickRow(name: string): Locator {
    const label = this.page.locator('.label-name', { hasText: new RegExp(`^\\s*${escaped(name)}$`) });
    return this.page.locator('.quick-input-list .monaco-list-row').filter({ has: label }).first();
  }

  /** Chooses an entry of the open list, which is narrowed down to it first. */
  async chooseQuickPick(name: string): Promise<void> {
    await this.page.locator('.quick-input-widget input[type=text]').fill(name);
    await this.quickPickRow(name).click();
  }

  /** Types into the open box for a text, a name or a path, and accepts it. */
  async enterText(text: string, opensWithin = 60_000): Promise<void> {
    const input = this.page.locator('.quick-input-widget input[type=text]');
    await input.waitFor({ state: 'visible', timeout: opensWithin });
    // The editor's own file dialog is to be seen before it has read its first folder; then it writes that over what stands
    // there. What was typed has to stay for a while.
    for (let attempt = 0, stays = 0; attempt < 20 && stays < 2; attempt++) {
      stays = (await input.inputValue({ timeout: 10_000 })) === text ? stays + 1 : 0;
      if (stays === 0) {
        await input.fill(text, { timeout: 10_000 });
      }
      await sleep(400);
    }
    // It reads the folder of what was typed before it takes it.
    await until(async () => {
      await input.press('Enter');
      return input.waitFor({ state: 'hidden', timeout: 3_000 }).then(() => true, () => false);
    }, `the end of the box for ${text}`);
  }

  /** A question that has to be answered before anything else. */
  dialog(text: string | RegExp): Locator {
    return this.page.locator('.monaco-dialog-box').filter({ hasText: text });
  }

  async answerDialog(text: string | RegExp, button: string): Promise<void> {
    const dialog = this.dialog(text);
    await dialog.getByRole('button', { name: button, exact: true }).click();
    await dialog.waitFor({ state: 'hidden' });
  }

  clipboard(): Promise<string> {
    return this.page.evaluate(() => (globalThis as unknown as { navigator: { clipboard: { readText(): Promise<string> } } }).navigator.clipboard.readText());
  }

  /** A row of the view of conversations, by its title. */
  conversationRow(title: string): Locator {
    const label = this.page.locator('.label-name', { hasText: new RegExp(`^${escaped(title)}$`) });
    return this.page.locator('.sidebar [role=treeitem]').filter({ has: label });
  }

  /** The text of the editor in front, as far as it is in view. */
  async editorText(): Promise<string> {
    const lines = await this.page.locator('.editor-group-container.active .monaco-editor .view-line').allTextContents();
    return lines.join('\n').replace(/\u00a0/g, ' ');
  }

  tab(name: string | RegExp): Locator {
    return this.page.getByRole('tab', { name });
  }

  notification(text: string | RegExp): Locator {
    return this.page.locator('.notification-toast').filter({ hasText: text });
  }

  statusBarItem(text: string | RegExp): Locator {
    return this.page.locator('.statusbar-item').filter({ hasText: text });
  }

  /** The document inside a webview, the newest or one by its place. */
  webview(place: number | 'last' = 'last'): FrameLocator {
    const frames = this.page.locator('iframe.webview.ready');
    const outer = place === 'last' ? frames.last() : frames.nth(place);
    return outer.contentFrame().locator('iframe#active-frame').contentFrame();
  }

  /** Which one that newest webview is. */
  async newestWebview(): Promise<string | undefined> {
    return (await this.page.locator('iframe.webview.ready').last().getAttribute('name', { timeout: 500 }).catch(() => null)) ?? undefined;
  }

  /** A picture of the window in `.cache/screenshots`, numbered in the order they are taken. */
  async screenshot(what: string, window = this.page): Promise<string> {
    this.shots += 1;
    const folder = cachePath('screenshots', this.name);
    await mkdir(folder, { recursive: true });
    const file = path.join(folder, `${String(this.shots).padStart(2, '0')}-${what}.png`);
    await window.screenshot({ path: file });
    return file;
  }

  /** The same of every window of this person. */
  async screenshots(what: string): Promise<void> {
    for (const window of this.context.pages()) {
      await this.screenshot(what, window);
    }
  }
}
