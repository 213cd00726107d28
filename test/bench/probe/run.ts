import { writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as vscode from 'vscode';
import { activationTimes } from './activationTimes.js';
import { hostMemory } from './hostMemory.js';
import { portVariable, type ProbeApi } from './probeApi.js';

const extensionId = 'videochat.videochat';

/** Milliseconds since 1970, finer than `Date.now()`. */
const now = (): number => performance.timeOrigin + performance.now();

function workspaceFile(name: string): vscode.Uri {
  const folder = vscode.workspace.workspaceFolders?.[0];
  if (!folder) {
    throw new Error('No folder is open.');
  }
  return vscode.Uri.joinPath(folder.uri, name);
}

async function activate(): ReturnType<ProbeApi['activate']> {
  const start = performance.now();
  // As the first command of a person does; this one has nothing else to do.
  await vscode.commands.executeCommand('videochat.stop');
  const awaited = performance.now() - start;
  return { awaited, ...(await activationTimes(extensionId)) };
}

async function chatWith(file: string): ReturnType<ProbeApi['chatWith']> {
  const uri = workspaceFile(file);
  const at = now();
  await vscode.commands.executeCommand('videochat.chatWithVideo', uri, [uri]);
  return { at };
}

async function emptyPanel(): ReturnType<ProbeApi['emptyPanel']> {
  const start = performance.now();
  const panel = vscode.window.createWebviewPanel('videochat.bench', 'Empty', vscode.ViewColumn.Active, { enableScripts: true });
  const hello = new Promise<void>((resolve) => panel.webview.onDidReceiveMessage(() => resolve()));
  panel.webview.html = '<!DOCTYPE html><script>acquireVsCodeApi().postMessage("hello")</script>';
  await hello;
  const milliseconds = performance.now() - start;
  panel.dispose();
  return { milliseconds };
}

async function closePanels(): Promise<null> {
  const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
  await vscode.window.tabGroups.close(tabs.filter(({ input }) => input instanceof vscode.TabInputWebview));
  return null;
}

async function read(request: IncomingMessage): Promise<unknown> {
  let body = '';
  for await (const chunk of request) {
    body += String(chunk);
  }
  return JSON.parse(body) as unknown;
}

/** Called by VS Code in its extension host, by the contract of `extensionTestsPath`: answers until it is told to end. */
export function run(): Promise<void> {
  return new Promise((resolve) => {
    const end = async (): Promise<null> => {
      setTimeout(() => {
        server.close();
        resolve();
      }, 100);
      return null;
    };
    const api: ProbeApi = { activate, chatWith, emptyPanel, closePanels, memory: hostMemory, end };
    const answer = async (request: IncomingMessage): Promise<unknown> => {
      const method = (request.url ?? '').slice(1) as keyof ProbeApi;
      const [argument] = (await read(request)) as [string];
      return api[method](argument);
    };
    const server = createServer((request, response) => {
      answer(request).then(
        (result) => response.end(JSON.stringify({ result })),
        (error: unknown) => response.end(JSON.stringify({ error: String(error instanceof Error ? error.stack : error) })),
      );
    });
    server.listen(0, '127.0.0.1', () => {
      writeFileSync(process.env[portVariable] ?? '', String((server.address() as AddressInfo).port));
    });
  });
}
