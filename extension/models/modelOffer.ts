import * as vscode from 'vscode';
import type { ExtensionParts } from '../context.js';

/** Thinks of a model to offer when the first chat is opened in this window; of how, later. Nobody is asked in tests. */
export class ModelOffer {
  private done = false;

  constructor(private readonly parts: ExtensionParts) {}

  chatOpened(): void {
    const { context, settings } = this.parts;
    const { model, offerModels } = settings.values;
    // Who has chosen a model needs no other.
    if (this.done || !offerModels || model !== undefined || context.extensionMode === vscode.ExtensionMode.Test || !vscode.workspace.isTrusted) {
      return;
    }
    this.done = true;
    void import('../onDemand.js').then(({ offerModel }) => offerModel(this.parts));
  }
}
