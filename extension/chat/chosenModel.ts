import type { ModelInfo, PanelModel, PanelTurn } from '../../server/protocol/index.js';
import { modelFor } from '../models/modelFor.js';
import type { RunningServer } from '../server/serverController.js';
import type { Translate } from '../translate.js';
import { isServerLost } from './problems.js';

/** The model of the newest answer of a conversation, as far as the answer tells. */
export function rememberedModel(turns: readonly PanelTurn[]): PanelModel | undefined {
  const result = turns.findLast((turn) => turn.result)?.result;
  return result && { id: result.model.id, name: result.modelName ?? result.model.id, demonstration: result.model.demonstration, plan: '' };
}

/** The model that answers in a conversation. While there is no server to ask, the one it was last. */
export class ChosenModel {
  private model: ModelInfo | undefined;

  constructor(
    private readonly ports: { t: Translate; values(): { model: string | undefined } },
    /** It is another one now, or none. */
    private readonly changed: () => void,
    /** The one of the newest answer: in view until a server has been asked. */
    private remembered?: PanelModel,
  ) {}

  get current(): ModelInfo | undefined {
    return this.model;
  }

  /** As the page shows it. */
  view(): PanelModel | undefined {
    const { model } = this;
    if (!model) {
      return this.remembered;
    }
    const { id, name, demonstration, plan, media, halves, remote } = model;
    return { id, name, demonstration, plan, ...(media ? { media } : {}), ...(halves ? { halves } : {}), ...(remote?.leavesMachine ? { leavesTo: remote.host } : {}) };
  }

  /** @throws VideoChatError as `modelFor`, or because the server ended */
  async load(running: RunningServer): Promise<ModelInfo> {
    const { t, values } = this.ports;
    const before = this.view();
    try {
      this.model = await modelFor(running.client, values().model, t);
      return this.model;
    } catch (error) {
      // A server that ended says nothing of the models.
      if (!isServerLost(error)) {
        this.model = undefined;
        this.remembered = undefined;
      }
      throw error;
    } finally {
      if (before?.id !== this.view()?.id || before?.plan !== this.view()?.plan) {
        this.changed();
      }
    }
  }
}
