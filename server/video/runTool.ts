import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { availableParallelism, constants, setPriority, tmpdir } from 'node:os';
import { StringDecoder } from 'node:string_decoder';
import { type CancellationToken, throwIfCancelled } from '../common/cancellation.js';
import { ErrorCode, type Phrase, phrase, VideoChatError } from '../protocol/index.js';

/** One run of ffmpeg or ffprobe. */
export interface ToolRun {
  command: string;
  args: readonly string[];
  token?: CancellationToken;
  /** Wall-clock limit of the whole run. */
  timeoutSeconds: number;
  /** Limit without any output or input moving: a hang, however long the work may take. */
  idleSeconds?: number;
  /** The run fails when more than this comes out of stdout. */
  maxOutputBytes: number;
  /** Gets stdout piece by piece; a promise holds back the next piece. Left out: stdout is collected. */
  onOutput?: (chunk: Buffer) => void | Promise<void>;
  /** Gets stderr line by line; may throw to end the run. */
  onErrorLine?: (line: string) => void;
  /** After the last line of stderr. */
  onErrorEnd?: () => void;
  /** Written to stdin; without it stdin is empty. */
  input?: AsyncIterable<Uint8Array>;
  cwd?: string;
  /** Do not wait for a free place: for a run that another run depends on. */
  unqueued?: boolean;
  /** For long work that nobody should notice: other programs go first. */
  lowPriority?: boolean;
}

export interface ToolResult {
  /** null: ended by a signal. */
  exitCode: number | null;
  /** Collected stdout; empty with `onOutput`. */
  output: Buffer;
  /** The last lines of stderr. */
  errorText: string;
}

const children = new Set<ChildProcessWithoutNullStreams>();
process.on('exit', () => children.forEach((child) => child.kill('SIGKILL')));

const places = { free: Math.max(2, Math.min(8, availableParallelism())), waiting: [] as (() => void)[] };

async function takePlace(): Promise<void> {
  if (places.free > 0) {
    places.free--;
    return;
  }
  await new Promise<void>((resolve) => places.waiting.push(resolve));
}

function givePlace(): void {
  const next = places.waiting.shift();
  if (next) {
    next();
  } else {
    places.free++;
  }
}

/** Only what a dynamically linked program needs to start; no tokens, no user configuration. */
function minimalEnvironment(): NodeJS.ProcessEnv {
  const kept = ['PATH', 'LD_LIBRARY_PATH', 'DYLD_LIBRARY_PATH', 'SystemRoot', 'SYSTEMROOT', 'TEMP', 'TMP', 'TMPDIR'];
  return Object.fromEntries(kept.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));
}

/**
 * Runs a tool without a shell, with a minimal environment, and always reaps it: on the time limits, on too
 * much output, on cancellation and when a callback throws it gets SIGTERM, a second later SIGKILL, and the
 * promise settles only after it is gone. A few run at a time; the others wait.
 *
 * @returns also when the exit code is not 0: the caller knows what that means
 * @throws RequestCancelled, FfmpegMissing (cannot be started), FfmpegFailed (a limit), or what a callback threw
 */
export async function runTool(run: ToolRun): Promise<ToolResult> {
  throwIfCancelled(run.token);
  if (run.unqueued) {
    return runNow(run);
  }
  await takePlace();
  try {
    throwIfCancelled(run.token);
    return await runNow(run);
  } finally {
    givePlace();
  }
}

async function runNow(run: ToolRun): Promise<ToolResult> {
  const child = spawn(run.command, run.args, {
    stdio: ['pipe', 'pipe', 'pipe'],
    cwd: run.cwd ?? tmpdir(),
    env: minimalEnvironment(),
    windowsHide: true,
  });
  children.add(child);
  if (run.lowPriority && child.pid !== undefined) {
    lowerPriority(child.pid);
  }
  let failure: unknown;
  let killTimer: NodeJS.Timeout | undefined;
  const stop = (reason: unknown): void => {
    if (failure !== undefined) return;
    failure = reason;
    child.stdout.destroy();
    child.kill('SIGTERM');
    killTimer = setTimeout(() => child.kill('SIGKILL'), 1000);
  };
  const closed = new Promise<number | null>((resolve) => {
    child.on('close', resolve);
    child.on('error', (error: NodeJS.ErrnoException) => {
      stop(cannotStart(run.command, error));
      // No process, no 'close'.
      if (child.pid === undefined) resolve(null);
    });
  });

  const limit = (what: Phrase): VideoChatError =>
    new VideoChatError(ErrorCode.FfmpegFailed, phrase`Reading the video took too long (${what}).`, {
      hint: 'The file may be damaged. Try to play it, or convert it again.',
    });
  const wallTimer = setTimeout(() => stop(limit(phrase`over ${run.timeoutSeconds} s`)), run.timeoutSeconds * 1000);
  let lastMove = Date.now();
  let waitingForCaller = false;
  const idleTimer = run.idleSeconds
    ? setInterval(() => {
        if (!waitingForCaller && Date.now() - lastMove > (run.idleSeconds ?? 0) * 1000) {
          stop(limit(phrase`nothing for ${run.idleSeconds ?? 0} s`));
        }
      }, 1000)
    : undefined;
  const subscription = run.token?.onCancellationRequested(() => stop(cancelled()));

  const errorLines: string[] = [];
  readLines(child.stderr, (line) => {
    lastMove = Date.now();
    try {
      run.onErrorLine?.(line);
    } catch (error) {
      stop(error);
    }
    errorLines.push(line.slice(0, 500));
    if (errorLines.length > 30) errorLines.shift();
  });
  child.stderr.on('close', () => run.onErrorEnd?.());

  const collected: Buffer[] = [];
  const readOutput = async (): Promise<void> => {
    let bytes = 0;
    for await (const piece of child.stdout) {
      const chunk = piece as Buffer;
      lastMove = Date.now();
      bytes += chunk.length;
      if (bytes > run.maxOutputBytes) {
        throw new VideoChatError(ErrorCode.FfmpegFailed, 'ffmpeg gave more data than the file can hold.', {
          hint: 'The file may be damaged. Convert it again.',
        });
      }
      if (run.onOutput) {
        waitingForCaller = true;
        await run.onOutput(chunk);
        waitingForCaller = false;
        lastMove = Date.now();
      } else {
        collected.push(chunk);
      }
    }
  };
  const writeInput = async (): Promise<void> => {
    child.stdin.on('error', () => undefined); // EPIPE: the exit code tells why it closed
    if (run.input) {
      waitingForCaller = true;
      for await (const data of run.input) {
        if (!child.stdin.writable) break;
        if (!child.stdin.write(data)) {
          waitingForCaller = false;
          await new Promise<void>((resolve) => {
            child.stdin.once('drain', resolve);
            child.stdin.once('close', resolve);
          });
          waitingForCaller = true;
        }
        lastMove = Date.now();
      }
      waitingForCaller = false;
    }
    child.stdin.end();
  };

  try {
    await Promise.all([readOutput().catch(stop), writeInput().catch(stop), closed]);
    const exitCode = await closed;
    if (failure !== undefined) {
      throw asError(failure);
    }
    return { exitCode, output: Buffer.concat(collected), errorText: errorLines.join('\n') };
  } finally {
    clearTimeout(wallTimer);
    clearTimeout(killTimer);
    clearInterval(idleTimer);
    subscription?.dispose();
    children.delete(child);
  }
}

function lowerPriority(pid: number): void {
  try {
    setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // It may have ended already, or the system may not allow it: then it runs like any other.
  }
}

/** For what came as `unknown` out of a callback. */
export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

function cancelled(): VideoChatError {
  return new VideoChatError(ErrorCode.RequestCancelled, 'The request was cancelled.');
}

function cannotStart(command: string, error: NodeJS.ErrnoException): VideoChatError {
  return new VideoChatError(ErrorCode.FfmpegMissing, phrase`${command} cannot be started (${error.code ?? error.message}).`, {
    hint: 'Install ffmpeg, or set VIDEOCHAT_FFMPEG to a working one.',
    subject: command,
  });
}

function readLines(stream: NodeJS.ReadableStream, onLine: (line: string) => void): void {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  stream.on('data', (chunk: Buffer) => {
    const lines = (rest + decoder.write(chunk)).split(/\r\n|\n|\r/);
    rest = (lines.pop() ?? '').slice(-64 * 1024);
    lines.filter((line) => line !== '').forEach(onLine);
  });
  stream.on('end', () => {
    if (rest !== '') onLine(rest);
  });
}
