import * as vscode from 'vscode';
import type { ExtensionParts } from '../context.js';

/** Thinks of a model and a GPU pack to offer when the first chat is opened in this window; of how, later. Nobody is asked in tests. */
export class ModelOffer {
  private done = false;

  constructor(private readonly parts: ExtensionParts) {}

  chatOpened(): void {
    const { context, settings } = this.parts;
    const { model, offerModels, server } = settings.values;
    const usesCuda = ['auto', 'cuda'].includes(server.languageDevice ?? 'auto') && server.gpuPacks !== false;
    if (this.done || !offerModels || context.extensionMode === vscode.ExtensionMode.Test || !vscode.workspace.isTrusted) {
      return;
    }
    this.done = true;
    void import('../onDemand.js').then(async ({ offerModel, offerGpuPack }) => {
      // Who has chosen a model needs no other.
      await (model === undefined && offerModel(this.parts));
      await (usesCuda && offerGpuPack(this.parts));
    });
  }
}
