import { ESLint } from 'eslint';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../../', import.meta.url));

// Lints a snippet as if it stood in that file. Rules that need types are left out: the file does not exist.
async function rulesBroken(eslint: ESLint, file: string, code: string): Promise<string[]> {
  const [result] = await eslint.lintText(`${code}\n`, { filePath: path.join(root, file) });
  return [...new Set((result?.messages ?? []).map((message) => message.ruleId ?? message.message))];
}

describe('the lint rules of the architecture', () => {
  let eslint: ESLint;
  beforeAll(async () => {
    const { default: tseslint } = await import('typescript-eslint');
    const untyped = tseslint.configs.disableTypeChecked;
    eslint = new ESLint({ cwd: root, overrideConfig: [{ files: ['**/*.ts'], ...untyped }] });
  });

  const paths = 'import-x/no-restricted-paths';
  const packages = 'no-restricted-imports';
  it.each([
    ['server/protocol/made.ts', `import { runProgram } from '../cli/program.js'; runProgram([], {});`, paths],
    ['server/protocol/made.ts', `import { readFile } from 'node:fs/promises'; void readFile('x');`, packages],
    ['server/protocol/made.ts', `import { z } from 'zod'; z.string();`, packages],
    ['server/common/made.ts', `import { discoverModels } from '../models/discoverModels.js'; discoverModels();`, paths],
    ['server/cli/made.ts', `import { discoverModels } from '../models/discoverModels.js'; discoverModels();`, paths],
    ['server/cli/commands/made.ts', `import { probeVideo } from '../../video/probeVideo.js'; probeVideo();`, paths],
    ['server/cli/made.ts', `export { discoverModels } from '../models/discoverModels.js';`, paths],
    ['server/cli/made.ts', `await import('../models/discoverModels.js');`, paths],
    ['server/cli/made.ts', `import { getLlama } from 'node-llama-cpp'; getLlama();`, packages],
    ['server/client/made.ts', `import { runProgram } from '../cli/program.js'; runProgram([], {});`, paths],
    ['server/client/made.ts', `import { InferenceSession } from 'onnxruntime-node'; new InferenceSession();`, packages],
    ['server/chat/made.ts', `import * as koffi from 'koffi'; koffi.load('x');`, packages],
    ['server/vision/made.ts', `import * as koffi from 'koffi'; koffi.load('x');`, packages],
    ['server/perception/made.ts', `import * as koffi from 'koffi'; koffi.load('x');`, packages],
    ['server/language/made.ts', `import { InferenceSession } from 'onnxruntime-node'; new InferenceSession();`, packages],
    ['server/chat/made.ts', `import * as vscode from 'vscode'; vscode.window.show();`, packages],
    ['server/chat/made.ts', `document.title = 'x';`, 'no-restricted-globals'],
    ['extension/made.ts', `import { discoverModels } from '../server/models/discoverModels.js'; discoverModels();`, paths],
    ['extension/made.ts', `import { strings } from '../webview/chat/strings.js'; strings();`, paths],
    ['extension/made.ts', `import * as koffi from 'koffi'; koffi.load('x');`, packages],
    ['webview/made.ts', `import { VideoChatClient } from '../server/client/videoChatClient.js'; VideoChatClient.x();`, paths],
    ['webview/made.ts', `import * as vscode from 'vscode'; vscode.window.show();`, packages],
    ['server/chat/made.ts', `export default 1;`, 'import-x/no-default-export'],
    ['server/chat/made.ts', `export const made: any = 1;`, '@typescript-eslint/no-explicit-any'],
    ['server/chat/made.ts', '// x\n'.repeat(501), 'max-lines'],
    ['server/chat/made.ts', `// @ts-ignore\nexport const made = 1;`, '@typescript-eslint/ban-ts-comment'],
    ['server/chat/made.ts', `// eslint-disable-next-line no-console\nconsole.log(1);`, 'no-console'],
  ])('in %s refuse %j', async (file, code, rule) => {
    expect(await rulesBroken(eslint, file, code)).toContain(rule);
  });

  it.each([
    ['server/protocol/made.ts', `import { ErrorCode } from './errors.js'; export const made = ErrorCode.InternalError;`],
    ['server/cli/made.ts', `import { ErrorCode } from '../protocol/index.js'; export const made = ErrorCode.InternalError;`],
    ['server/cli/made.ts', `import { VideoChatClient } from '../client/videoChatClient.js'; export const made = VideoChatClient.name;`],
    ['server/language/made.ts', `import * as koffi from 'koffi'; export const made = koffi.load('x');`],
    ['server/vision/made.ts', `import { InferenceSession } from 'onnxruntime-node'; export const made = InferenceSession.name;`],
    ['server/perception/made.ts', `import { InferenceSession } from 'onnxruntime-node'; export const made = InferenceSession.name;`],
    ['extension/made.ts', `import * as vscode from 'vscode'; export const made = vscode.version;`],
    ['extension/made.ts', `import { VideoChatClient } from '../server/client/videoChatClient.js'; export const made = VideoChatClient.name;`],
    ['webview/made.ts', `import { ErrorCode } from '../server/protocol/errors.js'; export const made = ErrorCode.InternalError;`],
  ])('in %s allow %j', async (file, code) => {
    expect(await rulesBroken(eslint, file, code)).toEqual([]);
  });
});
