import { setTimeout as sleep } from 'node:timers/promises';
import type { Locator } from 'playwright-core';
import type { Workbench } from './workbench.js';

/** The editor's own chat. */
export class EditorChat {
  constructor(private readonly workbench: Workbench) {}

  get session(): Locator {
    return this.workbench.page.locator('.interactive-session').last();
  }

  get responses(): Locator {
    return this.session.locator('.interactive-response');
  }

  /** The last response in which this is to be read. */
  answer(text: string | RegExp): Locator {
    return this.responses.filter({ hasText: text }).last();
  }

  async open(): Promise<void> {
    await this.workbench.runCommand('Chat: Open Chat');
  }

  /** Types a message and sends it, without waiting for anything. */
  async send(text: string): Promise<void> {
    const { page } = this.workbench;
    const input = this.session.locator('.interactive-input-part .monaco-editor').first();
    await input.waitFor();
    await input.click();
    // Who was asked last stands there already.
    await page.keyboard.press('Control+A');
    await page.keyboard.press('Delete');
    await page.keyboard.type(text, { delay: 15 });
    // Suggestions would take the key that sends.
    await sleep(400);
    await page.keyboard.press('Escape');
    await page.keyboard.press('Enter');
  }
}
