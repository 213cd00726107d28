import type { ChatStage, WorkStep } from '../protocol/index.js';

/** What is being done for an answer, in English: for a terminal, and for agents. */
export const stageNames: Record<ChatStage, string> = {
  queued: 'Waiting for the model',
  loading: 'Loading the model',
  decoding: 'Decoding frames',
  encoding: 'Encoding frames',
  looking: 'Looking through the clip',
  prefill: 'Reading the prompt',
  generating: 'Answering',
};

/** The same of what is made in several steps. */
export const stepNames: Record<WorkStep['what'], string> = {
  looking: 'Looking through the clip',
  captions: 'Captions',
  condensing: 'Condensing',
  writing: 'Writing',
};
