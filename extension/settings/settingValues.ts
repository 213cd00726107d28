import type { AnswersFrom, SamplingOptions, ServerSettings } from '../../server/protocol/index.js';

/** Every setting, checked and with its default where the person chose nothing. */
export interface SettingValues {
  /** Id of the model to ask; undefined: the first usable one, real models before demonstrations. */
  model: string | undefined;
  /** Frames per question; undefined: the model's own number. */
  framesPerClip: number | undefined;
  /** What answers are made from, where a conversation does not say. */
  answersFrom: AnswersFrom;
  /** Only what the person chose; the model's own values stand for the rest. */
  sampling: SamplingOptions;
  /** What the server is started with. */
  server: ServerSettings;
  /** Height of proxies, in pixels. */
  maxProxyHeight: number;
  /** Who annotates, where the person has said so. */
  annotator: string | undefined;
  /** Ask before a link of an answer is opened. */
  confirmLinks: boolean;
}
