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

/** Everything that a tool may be about. */
export const toolStepNames = {
  ...stageNames,
  ...stepNames,
  shots: 'Finding shots',
  listening: 'Listening',
  words: 'Listening for words',
  comparing: 'Comparing clips',
};
export type ToolStepName = keyof typeof toolStepNames;
