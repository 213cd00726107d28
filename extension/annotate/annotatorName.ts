import { userInfo } from 'node:os';
import * as vscode from 'vscode';
import type { Settings } from '../settings/settings.js';

/** What this extension needs of VS Code's own Git extension. */
interface GitExtension {
  getAPI(version: 1): {
    repositories: { rootUri: vscode.Uri; getConfig(key: string): Promise<string>; getGlobalConfig(key: string): Promise<string> }[];
    getRepository(uri: vscode.Uri): { getConfig(key: string): Promise<string>; getGlobalConfig(key: string): Promise<string> } | null;
  };
}

/** Who annotates here: as the settings say, else as Git knows the person, else as the system does. */
export class AnnotatorName {
  private fromGit: string | undefined;
  private asked: Promise<void> | undefined;

  constructor(private readonly settings: Settings) {}

  get current(): string {
    return this.settings.values.annotator ?? this.fromGit ?? systemName();
  }

  /** Asks Git, once. Never fails. */
  find(document: vscode.Uri): Promise<void> {
    this.asked ??= gitName(document).then(
      (name) => void (this.fromGit = name),
      () => undefined,
    );
    return this.asked;
  }
}

/** Git may be slow to start, or ask for something itself: nobody waits longer for a name. */
const mostMilliseconds = 2000;

async function gitName(document: vscode.Uri): Promise<string | undefined> {
  const late = new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), mostMilliseconds).unref());
  return Promise.race([askGit(document), late]);
}

async function askGit(document: vscode.Uri): Promise<string | undefined> {
  const extension = vscode.extensions.getExtension<GitExtension>('vscode.git');
  if (!extension) {
    return undefined;
  }
  const api = (await extension.activate()).getAPI(1);
  const repository = api.getRepository(document) ?? api.repositories[0];
  const own = await repository?.getConfig('user.name').catch(() => '');
  const name = own || (await repository?.getGlobalConfig('user.name').catch(() => ''));
  return name?.trim() || undefined;
}

function systemName(): string {
  try {
    return userInfo().username;
  } catch {
    // A user without an entry, as in some containers.
    return '';
  }
}
