import type { VideoChatClient } from '../../server/client/videoChatClient.js';
import type { CancellationToken } from '../../server/common/cancellation.js';
import type { ModelInfo, Segment } from '../../server/protocol/index.js';
import type { Translate } from '../translate.js';

/** `ask` has no command of its own: it is what a message without one does. */
export type ChatVerb = 'ask' | 'summarize' | 'find' | 'caption' | 'timeline';

/** What somebody wants of `@video`. */
export interface ChatTask {
  verb: ChatVerb;
  text: string;
  /** Absolute; left out: no clip was named and none is in front. */
  clip?: string;
  /** What was asked about the same clip before, and answered. */
  turns: { question: string; answer: string }[];
}

/** What an answer in the editor's chat is made with. */
export interface ChatPorts {
  client: VideoChatClient;
  token: CancellationToken;
  t: Translate;
  model(): Promise<ModelInfo>;
  /** Folders that are searched where no clip is named. */
  folders: readonly string[];
  /** How a file is called for people. */
  nameOf(path: string): string;
  /** What is being done. */
  stage(text: string): void;
  /** Markdown in which nothing leads to a command. */
  say(markdown: string): void;
  /** Markdown whose links open clips at a moment; words of others in it are escaped. */
  tell(markdown: string): void;
  /** Target of a link that opens a clip at a moment. */
  momentLink(path: string, segment: Segment): string;
  /** A picture of a file on this machine; with a link beside it, where there is one. */
  picture(path: string, alt: string, link?: string): Promise<void>;
}

/** How it ended, kept with the answer for what follows. */
export interface ChatOutcome {
  verb: ChatVerb;
  clip?: string;
  /** What was said, where a question was asked. */
  answer?: string;
}
