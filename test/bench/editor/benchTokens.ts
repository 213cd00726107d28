import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import type { BenchResult } from '../../../server/bench/benchResult.js';
import { median } from '../../../server/bench/measure.js';
import { VideoChatClient } from '../../../server/client/videoChatClient.js';
import { ChatSendRequest } from '../../../server/protocol/index.js';
import { shortFolder } from '../../e2e/support/folders.js';
import { pacedTokens, sentVariable, tokensIn, tokensPerSecond } from './pacedTokens.js';
import { clipName, ProbedEditor } from './probedEditor.js';

interface Delays {
  /** One for each token, from when the server sent it, in milliseconds. */
  each: number[];
  /** Tokens that came out of order or not at all. */
  lost: number;
}

/**
 * The way of each token at 500 tokens/s, from a server that sends at that pace: to a program that uses the client
 * library, and through extension host and page into what a person reads.
 *
 * @param paced folder of an extension whose server is the paced one
 */
export async function benchTokens(paced: string): Promise<BenchResult> {
  const folder = shortFolder();
  const sentFile = path.join(folder, 'sent.json');
  const env = { [sentVariable]: sentFile };
  const library = await throughLibrary(path.join(paced, 'dist', 'server.mjs'), env, sentFile);
  const page = await throughEditor(paced, env, sentFile);
  await rm(folder, { recursive: true, force: true });
  return {
    name: `a token's way from the server into the page at ${tokensPerSecond} tokens/s, against its way into a program`,
    ratio: median(library.each) / median(page.each),
    numbers: [
      { label: 'into the page', value: median(page.each), unit: 'ms' },
      { label: 'its 99th percentile', value: percentile(page.each, 0.99), unit: 'ms' },
      { label: 'with the client library alone', value: median(library.each), unit: 'ms' },
      { label: 'its 99th percentile', value: percentile(library.each, 0.99), unit: 'ms' },
      { label: 'tokens sent', value: pacedTokens.length, unit: 'tokens' },
      { label: 'lost or out of order in the page', value: page.lost, unit: 'tokens' },
    ],
  };
}

async function throughLibrary(serverPath: string, env: Record<string, string>, sentFile: string): Promise<Delays> {
  const client = await VideoChatClient.spawn({ serverPath, env });
  try {
    const versions: { at: number; text: string }[] = [];
    let text = '';
    const onProgress = (progress: { kind: string; text?: string }): void => {
      text += progress.text ?? '';
      versions.push({ at: performance.timeOrigin + performance.now(), text });
    };
    await client.request(ChatSendRequest, { chatId: 'chat', text: 'Go.' }, { onProgress });
    return delays(await readSent(sentFile), versions);
  } finally {
    await client.dispose();
  }
}

async function throughEditor(paced: string, env: Record<string, string>, sentFile: string): Promise<Delays> {
  const editor = await ProbedEditor.open(paced, env);
  try {
    await editor.ask('chatWith', clipName);
    await editor.panel.typable();
    // Code that runs for the first time is slow everywhere.
    await editor.panel.ask('Warm up.');
    const { versions } = await editor.panel.askAndRecord('Go.');
    return delays(await readSent(sentFile), versions);
  } finally {
    await editor.close();
  }
}

async function readSent(file: string): Promise<number[]> {
  return JSON.parse(await readFile(file, 'utf8')) as number[];
}

/** A token has arrived with the first version of the text that holds it. */
function delays(sent: readonly number[], versions: readonly { at: number; text: string }[]): Delays {
  const each: number[] = [];
  for (const { at, text } of versions) {
    const last = tokensIn(text.slice(-200)).at(-1) ?? -1;
    while (each.length <= last) {
      each.push(at - (sent[each.length] ?? NaN));
    }
  }
  const arrived = tokensIn(versions.at(-1)?.text ?? '');
  const lost = pacedTokens.filter((_, index) => arrived[index] !== index).length;
  return { each, lost };
}

function percentile(values: readonly number[], part: number): number {
  return [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) * part)] ?? NaN;
}
