import * as vscode from 'vscode';
import type { ExtensionParts } from '../context.js';

/** The commands for GPU packs. Nothing of them is loaded before one is run. */
export function registerPacks(parts: ExtensionParts): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.commands.registerCommand('videochat.addGpuPack', async (pack?: unknown) => (await import('../onDemand.js')).addGpuPack(parts, pack)),
    vscode.commands.registerCommand('videochat.testGpuPack', async (pack?: unknown) => (await import('../onDemand.js')).testGpuPack(parts, pack)),
    vscode.commands.registerCommand('videochat.removeGpuPack', async (pack?: unknown) => (await import('../onDemand.js')).removeGpuPack(parts, pack)),
  );
}
