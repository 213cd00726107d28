import { answersQuestions, type ModelInfo } from '../protocol/index.js';

/**
 * The model to ask: the one that is named; else the first usable one, real models before demonstrations.
 * What would leave the machine is never chosen where nobody has named it.
 *
 * @returns undefined when the named one is not there, or none can be used
 */
export function chooseModel(models: readonly ModelInfo[], id: string | undefined): ModelInfo | undefined {
  if (id !== undefined) {
    return models.find((model) => model.id === id);
  }
  const usable = models.filter((model) => model.problem === undefined && answersQuestions(model) && !model.remote?.leavesMachine);
  return usable.find((model) => !model.demonstration) ?? usable[0];
}
