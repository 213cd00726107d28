import type { ModelInfo, PanelModel } from '../../server/protocol/index.js';
import { modelFor } from '../models/modelFor.js';
import type { RunningServer } from '../server/serverController.js';
import type { Translate } from '../translate.js';
import { isServerLost } from './problems.js';

/** The model that answers in a conversation. While there is no server to ask, the one it was last. */
export class ChosenModel {
  private model: ModelInfo | undefined;

  constructor(
    private readonly ports: { t: Translate; values(): { model: string | undefined } },
    /** It is another one now, or none. */
    private readonly changed: () => void,
  ) {}

  get current(): ModelInfo | undefined {
    return this.model;
  }

  /** As the page shows it. */
  view(): PanelModel | undefined {
    const { model } = this;
    return model && { id: model.id, name: model.name, demonstration: model.demonstration, plan: model.plan };
  }

  /** @throws VideoChatError as `modelFor`, or because the server ended */
  async load(running: RunningServer): Promise<ModelInfo> {
    const { t, values } = this.ports;
    const before = this.model;
    try {
      this.model = await modelFor(running.client, values().model, t);
      return this.model;
    } catch (error) {
      // A server that ended says nothing of the models.
      if (!isServerLost(error)) {
        this.model = undefined;
      }
      throw error;
    } finally {
      if (before?.id !== this.model?.id) {
        this.changed();
      }
    }
  }
}
