import { chooseModel } from '../../server/client/chooseModel.js';
import type { VideoChatClient } from '../../server/client/videoChatClient.js';
import { answersQuestions, type CatalogueEntry, type CatalogueMachine, CatalogueRequest, type CatalogueResult, type ModelInfo, ModelListRequest, type OwnModel } from '../../server/protocol/index.js';

/** What was last known of the models: those that can be had, and those that are here. */
export class Catalogue {
  private result: CatalogueResult | undefined;
  private models: readonly ModelInfo[] = [];

  constructor(
    private readonly client: () => Promise<VideoChatClient>,
    private readonly chosen: () => string | undefined,
  ) {}

  /** The best for a beginning first. */
  get entries(): readonly CatalogueEntry[] {
    return this.result?.entries ?? [];
  }

  /** Those that are here and not in the catalogue. */
  get others(): readonly OwnModel[] {
    return this.result?.others ?? [];
  }

  get machine(): CatalogueMachine | undefined {
    return this.result?.machine;
  }

  /** Id of the model that answers new questions. */
  get answering(): string | undefined {
    return chooseModel(this.models, this.chosen())?.id;
  }

  /** One that knows more than a toy world, on this machine or elsewhere. */
  get hasRealModel(): boolean {
    return this.models.some((model) => !model.demonstration && model.problem === undefined && answersQuestions(model));
  }

  /** Whether questions can be put to it. */
  canAnswer(modelId: string): boolean {
    return this.models.some((model) => model.id === modelId && model.problem === undefined && answersQuestions(model));
  }

  entry(id: string): CatalogueEntry | undefined {
    return this.entries.find((entry) => entry.id === id);
  }

  /** @throws VideoChatError */
  async load(): Promise<void> {
    const client = await this.client();
    const [result, { models }] = await Promise.all([client.request(CatalogueRequest, {}), client.request(ModelListRequest, {})]);
    this.result = { ...result, entries: result.entries.sort(bestFirst) };
    this.models = models;
  }
}

/** What is suggested, then what runs as it is, what has to be converted, and what does not run; each by name. */
function bestFirst(a: CatalogueEntry, b: CatalogueEntry): number {
  const order = { direct: 1, export: 2, notYet: 3 };
  const rank = ({ recommended, runs }: CatalogueEntry): number => (recommended ? 0 : order[runs]);
  return rank(a) - rank(b) || a.name.localeCompare(b.name, 'en', { numeric: true });
}
