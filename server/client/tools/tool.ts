import * as z from 'zod/mini';
import { ErrorCode, type ModelInfo, phrase, VideoChatError } from '../../protocol/index.js';
import type { ToolStepName } from '../stageNames.js';
import type { VideoChatClient } from '../videoChatClient.js';

/** How far a tool is, for a person who waits. */
export interface ToolStep {
  /** One of those that have names, or in the server's words. */
  what: ToolStepName | { text: string };
  /** Of `total`, where there is something to count. */
  done?: number;
  total?: number;
}

/** Annotation documents, as whoever runs a tool reads and writes them. */
export interface ToolDocuments {
  /** The text as it is now, saved or not; undefined: there is none. */
  read(path: string): Promise<string | undefined>;
  /** Writes it whole or not at all. */
  write(path: string, text: string): Promise<void>;
}

/** What a tool is run with: the server, and what it may touch. */
export interface ToolContext {
  readonly client: VideoChatClient;
  readonly signal: AbortSignal;
  /** The model to ask. */
  model(): Promise<ModelInfo>;
  /**
   * Where a clip or folder lies that somebody has named.
   * @throws VideoChatError for one that is not there, or may not be read
   */
  locate(name: string): Promise<string>;
  /** Folders that are searched where none is named. */
  folders(): Promise<string[]>;
  report(step: ToolStep): void;
  readonly documents: ToolDocuments;
  /**
   * Asked before anything is written, with what it is, in a sentence.
   * @throws VideoChatError where nobody allows it
   */
  confirm(what: string): Promise<void>;
}

export interface ToolPicture {
  /** A file on this machine. */
  path: string;
  mimeType: string;
  seconds: number;
}

export interface ToolResult {
  /** For a model to read: times are seconds from the first frame. */
  text: string;
  pictures?: ToolPicture[];
}

/** Something an agent can have done with clips, whoever the agent is. */
export interface Tool {
  readonly name: string;
  readonly title: string;
  /** For models: what it does, and when it is of use. */
  readonly description: string;
  readonly input: z.ZodMiniObject;
  /** Changes files. */
  readonly writes: boolean;
  /** @throws VideoChatError `InvalidParams`, and what the server answers */
  run(input: unknown, context: ToolContext): Promise<ToolResult>;
}

/** Makes a tool; its input is checked before it runs. */
export function defineTool<Shape extends z.core.$ZodShape>(
  { run, writes = false, ...rest }: Omit<Tool, 'run' | 'input' | 'writes'> & { writes?: boolean; input: z.ZodMiniObject<Shape> } & {
    run(input: z.infer<z.ZodMiniObject<Shape>>, context: ToolContext): Promise<ToolResult>;
  },
): Tool {
  return {
    ...rest,
    writes,
    run: async (input, context) => {
      const parsed = z.safeParse(rest.input, input ?? {});
      if (!parsed.success) {
        throw new VideoChatError(ErrorCode.InvalidParams, phrase`The input is not what the tool takes: ${z.prettifyError(parsed.error).replace(/\s+/g, ' ')}`);
      }
      return run(parsed.data, context);
    },
  };
}
