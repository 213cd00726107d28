import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { isProgram, programOnPath } from '../../common/findProgram.js';
import { ErrorCode, type Phrase, phrase, VideoChatError } from '../../protocol/index.js';

/** The path of the program: the one that was named, `VIDEOCHAT_LLAMA_SERVER`, or the first on PATH. @throws VideoChatError LlamaServerMissing */
export async function findLlamaServer(named: string | undefined, env: NodeJS.ProcessEnv): Promise<string> {
  const chosen = named ?? (env['VIDEOCHAT_LLAMA_SERVER'] || undefined);
  if (chosen !== undefined) {
    if (await isProgram(chosen)) {
      return chosen;
    }
    throw missing(phrase`${chosen} is no program that can be run.`, chosen);
  }
  const found = await programOnPath('llama-server', env['PATH'] ?? env['Path'] ?? '');
  if (found !== undefined) {
    return found;
  }
  throw missing(phrase`There is no llama-server on this machine.`);
}

function missing(message: Phrase, subject?: string): VideoChatError {
  return new VideoChatError(ErrorCode.LlamaServerMissing, message, {
    hint: 'Install llama.cpp, or say where the program is: in the setting videochat.llamaServer.path or with --llama-server-path.',
    ...(subject === undefined ? {} : { subject }),
  });
}

/** What the program says of itself, on one line; undefined where it says nothing. */
export async function llamaServerVersion(program: string): Promise<string | undefined> {
  try {
    const { stdout, stderr } = await promisify(execFile)(program, ['--version'], { timeout: 10_000, maxBuffer: 1024 * 1024, windowsHide: true });
    return /^version: *(.+)$/m.exec(`${stdout}\n${stderr}`)?.[1]?.trim().slice(0, 200);
  } catch {
    return undefined;
  }
}
