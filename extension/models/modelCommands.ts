import * as vscode from 'vscode';
import * as z from 'zod/mini';
import { formatBytes } from '../../server/common/formatBytes.js';
import { type CatalogueEntry, ErrorCode, type ModelPullResult, type OwnModel, VideoChatError } from '../../server/protocol/index.js';
import type { ExtensionParts } from '../context.js';
import type { Catalogue } from './catalogue.js';
import type { Downloads } from './downloads.js';
import { entryMarkdown, ownMarkdown } from './entryMarkdown.js';
import { HubToken } from './hubToken.js';
import { importModel } from './importModel.js';
import type { ModelTree } from './modelNode.js';
import { type ModelFacts, type ModelRowAction, ownActions, rowActions } from './modelRow.js';
import type { ModelsView } from './modelsView.js';
import { pickModel, pickVariant } from './pickModel.js';
import { pullModel } from './pullModel.js';
import type { ModelCommand } from './registerModels.js';
import { removeModel } from './removeModel.js';
import { entryLook, ownLook, type RowLook } from './rowText.js';
import { keepModel } from './selectModel.js';
import { verifyModel } from './verifyModel.js';

/** What commands are run on: a node of the tree, or whatever else names a model. */
const target = z.object({ entryId: z.optional(z.string()), ownId: z.optional(z.string()) });

interface CommandPorts {
  tree: ModelTree;
  view: ModelsView;
  catalogue: Catalogue;
  downloads: Downloads;
  facts(entryId: string): ModelFacts | undefined;
}

/** What a person can do with models. Without a row, they are asked for one. */
export class ModelCommands {
  private readonly token: HubToken;

  constructor(
    private readonly parts: ExtensionParts,
    private readonly ports: CommandPorts,
  ) {
    this.token = new HubToken(parts.context.secrets);
  }

  /** @throws VideoChatError */
  async run(command: ModelCommand, argument: unknown): Promise<void> {
    const { t } = vscode.l10n;
    const { view, downloads } = this.ports;
    switch (command) {
      case 'videochat.refreshModels':
        return view.refresh();
      case 'videochat.setHubToken':
        return void (await this.token.ask(''));
      case 'videochat.forgetHubToken':
        await this.token.forget();
        return void vscode.window.showInformationMessage(t('The hub token was forgotten.'));
      case 'videochat.importModel':
        return this.import();
      case 'videochat.downloadModel':
        return this.onEntry(argument, t('Download Model'), ['pull'], (entry) => this.pull(entry));
      case 'videochat.downloadModelVariant':
        return this.onEntry(argument, t('Download Model'), ['choose'], async (entry) => {
          const variant = await pickVariant(entry);
          await (variant === undefined ? undefined : this.pull(entry, variant));
        });
      case 'videochat.resumeDownload':
        return this.onEntry(argument, t('Resume Download'), ['resume'], (entry) => this.pull(entry));
      case 'videochat.pauseDownload':
        return this.onEntry(argument, t('Pause Download'), ['pause'], ({ id }) => downloads.pause(id));
      case 'videochat.cancelDownload':
        return this.onEntry(argument, t('Cancel Download'), ['cancel'], (entry) => this.cancel(entry));
      case 'videochat.openModelPage':
        return this.onEntry(argument, t('Open the Model\'s Page'), ['page'], async ({ page }) => void (await vscode.env.openExternal(vscode.Uri.parse(page, true))));
      case 'videochat.useModel':
        return this.onModel(argument, t('Use This Model'), ['use'], ({ modelId }) => keepModel(modelId));
      case 'videochat.verifyModel':
        return this.onModel(argument, t('Verify Model'), ['verify'], ({ id, name, entry }) => this.verify(id, name, entry));
      case 'videochat.removeModel':
        return this.onModel(argument, t('Remove Model'), ['remove'], (model) => this.remove(model));
      case 'videochat.copyModelDetails':
        return this.onModel(argument, t('Copy Details'), ['details'], ({ entry, own }) => this.copy(entry, own));
    }
  }

  private async pull(entry: CatalogueEntry, variant?: string): Promise<void> {
    const { downloads } = this.ports;
    await pullModel(entry, variant, { ...this.parts, downloads, token: this.token, arrived: (...given) => this.arrived(...given) });
  }

  private async arrived({ name }: CatalogueEntry, { modelId, howToRun }: ModelPullResult): Promise<void> {
    const { t } = vscode.l10n;
    await this.changed();
    if (howToRun !== undefined) {
      void vscode.window.showInformationMessage(t('The original files of {0} are here. {1}', name, howToRun));
    } else {
      void this.tellOf(name, modelId);
    }
  }

  /** A model is here: it answers, or it can be made to. */
  private async tellOf(name: string, modelId: string | undefined): Promise<void> {
    const { t } = vscode.l10n;
    const { catalogue } = this.ports;
    if (modelId === undefined || !catalogue.canAnswer(modelId)) {
      void vscode.window.showInformationMessage(t('{0} is here.', name));
    } else if (catalogue.answering === modelId) {
      void vscode.window.showInformationMessage(t('{0} is here and answers from now on.', name));
    } else {
      const use = t('Use This Model');
      if ((await vscode.window.showInformationMessage(t('{0} is here.', name), use)) === use) {
        await keepModel(modelId);
      }
    }
  }

  /** Everything that lists models hears that there are others. */
  private async changed(): Promise<void> {
    this.parts.modelsChanged.fire();
    await this.ports.view.fresh();
  }

  private async cancel({ id, name, bytesHere }: CatalogueEntry): Promise<void> {
    const { t } = vscode.l10n;
    const { downloads } = this.ports;
    const yes = t('Cancel Download');
    const bytes = downloads.get(id)?.progress?.done ?? bytesHere;
    const detail = t('What has come ({0}) is thrown away. A download that is paused can go on later.', formatBytes(bytes));
    if ((await vscode.window.showWarningMessage(t('Cancel the download of {0}?', name), { modal: true, detail }, yes)) === yes) {
      await downloads.cancel(id);
    }
  }

  private async verify(id: string, name: string, entry: CatalogueEntry | undefined): Promise<void> {
    const again = await verifyModel(this.parts, id, name, entry !== undefined);
    this.ports.view.refresh();
    if (again && entry) {
      await this.pull(entry, entry.installed?.variant);
    }
  }

  private async remove({ id, name, bytes }: Chosen): Promise<void> {
    if (await removeModel(this.parts, { id, name, bytes })) {
      this.ports.downloads.forget(id);
      await this.changed();
    }
  }

  private async import(): Promise<void> {
    const result = await importModel(this.parts);
    if (result) {
      await this.changed();
      const name = this.ports.catalogue.others.find(({ modelId }) => modelId === result.modelId)?.name ?? result.modelId;
      await this.tellOf(name, result.modelId);
    }
  }

  private async copy(entry: CatalogueEntry | undefined, own: OwnModel | undefined): Promise<void> {
    const { t } = vscode.l10n;
    const text = entry ? entryMarkdown(entry, undefined, t) : own && ownMarkdown(own, t);
    if (text !== undefined) {
      await vscode.env.clipboard.writeText(text);
      vscode.window.setStatusBarMessage(t('The details were copied.'), 3_000);
    }
  }

  private onEntry(argument: unknown, title: string, actions: readonly ModelRowAction[], act: (entry: CatalogueEntry) => Promise<void>): Promise<void> {
    return this.onModel(argument, title, actions, async ({ entry }) => void (await (entry && act(entry))));
  }

  /** The model of a row, or one of a list. */
  private async onModel(argument: unknown, title: string, actions: readonly ModelRowAction[], act: (model: Chosen) => Promise<void>): Promise<void> {
    const { t } = vscode.l10n;
    await this.ports.view.fresh();
    const { entryId, ownId } = target.safeParse(argument).data ?? {};
    const models = this.models();
    const given = entryId ?? ownId;
    if (given !== undefined) {
      const model = models.find(({ id, own }) => id === given && (own !== undefined) === (entryId === undefined));
      if (!model) {
        throw new VideoChatError(ErrorCode.ModelUnknown, t('There is no model "{0}" here.', given), { subject: given });
      }
      await act(model);
      return;
    }
    const found = models.filter((model) => actions.some((action) => model.actions.includes(action)));
    if (found.length === 0) {
      void vscode.window.showInformationMessage(t('There is no model that this can be done with now.'));
      return;
    }
    const chosen = await pickModel(title, found);
    await (chosen && act(chosen));
  }

  private models(): Chosen[] {
    const { catalogue, facts } = this.ports;
    const { t } = vscode.l10n;
    const listed = catalogue.entries.flatMap((entry): Chosen[] => {
      const known = facts(entry.id);
      const { id, name, installed, bytesHere: bytes } = entry;
      return known ? [{ id, name, bytes, entry, modelId: installed?.modelId ?? id, actions: rowActions(known), look: entryLook(known, t) }] : [];
    });
    const others = catalogue.others.map((own): Chosen => {
      const { modelId: id, name, bytes } = own;
      const use = { answers: id === catalogue.answering, canAnswer: catalogue.canAnswer(id) };
      return { id, name, bytes, own, modelId: id, actions: ownActions(own, use), look: ownLook(own, use.answers, t) };
    });
    return [...listed, ...others];
  }
}

/** A model of the catalogue, or another one of this machine. */
interface Chosen {
  /** Of the entry, or of the model. */
  id: string;
  modelId: string;
  name: string;
  bytes: number;
  entry?: CatalogueEntry;
  own?: OwnModel;
  actions: readonly ModelRowAction[];
  look: RowLook;
}
