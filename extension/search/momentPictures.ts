import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { usingClip } from '../../server/client/usingClip.js';
import { isAlive } from '../../server/common/isAlive.js';
import { type SearchMoment, VideoFramesRequest } from '../../server/protocol/index.js';
import type { RunningServer, ServerController } from '../server/serverController.js';

/** Of more clips and moments nobody sees the pictures without scrolling; pointing at them tells the rest. */
const mostClips = 24;
const mostMoments = 12;
const maxSide = 320; // pixels

/** Pictures of what was found, made one clip after the other once there is time. */
export class MomentPictures implements vscode.Disposable {
  private readonly emitter = new vscode.EventEmitter<void>();
  readonly onDidChange = this.emitter.event;
  private readonly made = new Map<string, vscode.Uri>();
  private readonly hopeless = new Set<string>();
  private making: vscode.CancellationTokenSource | undefined;
  private count = 0;
  private readonly folder: string;

  /** @param parent holds a folder for each window */
  constructor(
    private readonly server: ServerController,
    parent: string,
  ) {
    this.folder = join(parent, String(process.pid));
    void removeLeftBehind(parent).catch(() => undefined);
  }

  of(moment: SearchMoment): vscode.Uri | undefined {
    return this.made.get(keyOf(moment));
  }

  /** Makes pictures of these moments, by clip, instead of what was to be made before. */
  show(clips: readonly (readonly SearchMoment[])[]): void {
    this.making?.cancel();
    this.making?.dispose();
    this.making = new vscode.CancellationTokenSource();
    void this.make(clips, this.making.token).catch(() => undefined);
  }

  dispose(): void {
    this.making?.cancel();
    this.making?.dispose();
    this.emitter.dispose();
    void rm(this.folder, { recursive: true, force: true }).catch(() => undefined);
  }

  private async make(clips: readonly (readonly SearchMoment[])[], token: vscode.CancellationToken): Promise<void> {
    const running = this.server.running();
    for (const moments of running ? clips.slice(0, mostClips) : []) {
      const left = moments.slice(0, mostMoments).filter((moment) => !this.made.has(keyOf(moment)) && !this.hopeless.has(moment.path));
      if (token.isCancellationRequested) {
        return;
      }
      if (left.length > 0 && running) {
        await this.makeOf(running, left, token);
      }
    }
  }

  /** A clip that shows nothing has no pictures. */
  private async makeOf({ client }: RunningServer, moments: readonly SearchMoment[], token: vscode.CancellationToken): Promise<void> {
    const path = moments[0]?.path ?? '';
    try {
      await usingClip(client, path, { token }, async ({ videoId }) => {
        const plan = `at:${moments.map(({ bestSeconds }) => bestSeconds.toFixed(3)).join(',')}`;
        const outFolder = join(this.folder, String(this.count++));
        const { paths } = await client.request(VideoFramesRequest, { videoId, plan, outFolder, format: 'jpeg', maxSide }, { token });
        moments.forEach((moment, i) => this.made.set(keyOf(moment), vscode.Uri.file(paths[i] ?? '')));
        this.emitter.fire();
      });
    } catch {
      if (!token.isCancellationRequested) {
        this.hopeless.add(path);
      }
    }
  }
}

function keyOf({ path, bestSeconds }: SearchMoment): string {
  return `${bestSeconds.toFixed(3)} ${path}`;
}

/** Windows that were killed have left their pictures. */
async function removeLeftBehind(parent: string): Promise<void> {
  const names = await readdir(parent).catch(() => []);
  const dead = names.filter((name) => /^\d+$/.test(name) && !isAlive(Number(name)));
  await Promise.all(dead.map((name) => rm(join(parent, name), { recursive: true, force: true })));
}
