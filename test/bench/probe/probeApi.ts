/** What the probe in the extension host can be asked for; all times are milliseconds. */
export interface ProbeApi {
  /** Activates the extension, and says what VS Code itself has noted about it. */
  activate(): Promise<Activation>;
  /** "Chat with Video" for a file of the workspace; `at`: when the command was given, since 1970. */
  chatWith(file: string): Promise<{ at: number }>;
  /** Opens a webview with nothing in it but a script that says hello, and closes it again. */
  emptyPanel(): Promise<{ milliseconds: number }>;
  closePanels(): Promise<null>;
  /** After garbage collection. */
  memory(): Promise<HostMemory>;
  /** Ends the probe, and with it the extension host. */
  end(): Promise<null>;
}

export interface Activation {
  /** From the command to its end, with everything that VS Code does around it. */
  awaited: number;
  /** Of VS Code's own table: reading the bundle, and the call of `activate()`. Whole milliseconds. */
  load: number;
  call: number;
}

export interface HostMemory {
  heapBytes: number;
  residentBytes: number;
}

/** Names a file that the probe writes its port to. */
export const portVariable = 'VIDEOCHAT_BENCH_PORT';
