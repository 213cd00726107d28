import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { CancellationToken } from 'vscode-jsonrpc/node';
import { afterAll, describe, expect, it } from 'vitest';
import { completeText, textBudget } from '../../../server/engine/completeText.js';
import { supportedAnswers } from '../../../server/context/supportedAnswers.js';
import { createEngineParts } from '../../../server/engine/createEngineParts.js';
import { Engine } from '../../../server/engine/engine.js';
import { resolveSettings } from '../../../server/settings.js';
import { removeTemporaryFolders, temporaryFolder } from '../../fixtures/tinyEncoder.js';
import { modelMissing } from './modelGoldens.js';

interface Golden {
  context: string;
  answers: { question: string; answer: string; ids: number[] }[];
}
const token = CancellationToken.None;
/** What it would say if the manifest did not keep it to what the context bears out. */
const anyLine = 'root ::= [^\\n]+';
const golden = fileURLToPath(new URL('../../golden/model/timeline.json', import.meta.url));
const models = path.resolve(path.dirname(golden), '../../../models');

describe.skipIf(modelMissing)(`videochat-mini's timeline reader (${modelMissing ?? 'shipped weights'})`, () => {
  let engine: Engine | undefined;
  afterAll(async () => {
    await engine?.dispose();
    removeTemporaryFolders();
  });

  it('answers from a context as the PyTorch model does, bears out what it says, and knows what is not in it', async () => {
    const settings = resolveSettings({ cacheFolder: await temporaryFolder(), modelFolders: [models], languageDevice: 'cpu', threads: 1 });
    engine = new Engine(createEngineParts(), settings, { log: () => undefined });
    const slot = await engine.models.get('videochat-mini');
    const { context, answers } = JSON.parse(await readFile(golden, 'utf8')) as Golden;
    expect(answers.length).toBeGreaterThanOrEqual(12);
    const lane = { client: 'test', chat: 'test' };
    const { countTokens } = await textBudget(engine, slot, token);
    const said: unknown[] = [];
    const supported = supportedAnswers(context);
    for (const { question } of answers) {
      const { text, generatedTokens } = await completeText(engine, { slot, lane, context, question, grammar: anyLine, token });
      expect(generatedTokens).toBeGreaterThanOrEqual(countTokens(text.trim()));
      const kept = await completeText(engine, { slot, lane, context, question, token });
      expect(supported).toContain(kept.text.trim());
      said.push({ question, answer: text.trim() });
    }
    expect(said).toEqual(answers.map(({ question, answer }) => ({ question, answer })));
    const colour = await completeText(engine, { slot, lane, context, question: 'What colour is the dog?', token });
    expect(colour.text.trim()).toBe('The timeline does not show that.');
  });
});
