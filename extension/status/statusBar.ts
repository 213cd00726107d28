import * as vscode from 'vscode';
import type { Disposable } from '../../server/common/dispose.js';
import { type ServerStatus, ServerStatusRequest } from '../../server/protocol/index.js';
import type { ServerController } from '../server/serverController.js';
import { type Activity, idle, withProgress, withStreams } from './activity.js';
import { statusLook } from './statusText.js';

/** The one item in the status bar: what the server is doing. */
export class StatusBar implements Disposable {
  private readonly item = vscode.window.createStatusBarItem('videochat.status', vscode.StatusBarAlignment.Right, 90);
  private readonly subscription: Disposable;
  private activity: Activity = idle;
  private status: ServerStatus | undefined;

  constructor(private readonly server: ServerController) {
    this.item.name = 'VideoChat';
    this.item.command = 'videochat.showStatus';
    this.subscription = server.onDidChangeState(() => {
      this.activity = idle;
      this.status = undefined;
      this.draw();
    });
    this.draw();
    this.item.show();
  }

  /** A request with progress was sent or answered. */
  streamsChanged(streams: number): void {
    const ended = streams < this.activity.streams;
    this.activity = withStreams(this.activity, streams);
    this.draw();
    if (ended) {
      void this.refresh();
    }
  }

  /** A value of `$/progress` arrived. */
  progressed(value: unknown): void {
    const before = this.activity;
    this.activity = withProgress(before, value);
    if (this.activity === before) {
      return;
    }
    const loaded = before.loading !== undefined && this.activity.loading === undefined;
    if (before.loading !== this.activity.loading) {
      this.draw();
    }
    if (loaded || !this.status) {
      void this.refresh();
    }
  }

  async dispose(): Promise<void> {
    await this.subscription.dispose();
    this.item.dispose();
  }

  /** Asks a running server for its devices and its memory. */
  private async refresh(): Promise<void> {
    try {
      const running = this.server.running();
      this.status = await running?.client.request(ServerStatusRequest, {});
      this.draw();
    } catch {
      // It is gone: its state says so.
    }
  }

  private draw(): void {
    const { server, activity, status } = this;
    const look = statusLook({ server: server.state, activity, status }, vscode.l10n.t);
    const tooltip = new vscode.MarkdownString();
    look.lines.forEach((line) => tooltip.appendText(line).appendMarkdown('\n\n'));
    this.item.text = look.text;
    this.item.tooltip = tooltip;
    this.item.accessibilityInformation = { label: look.label };
    this.item.backgroundColor = look.severity === 'normal' ? undefined : new vscode.ThemeColor(`statusBarItem.${look.severity}Background`);
  }
}
