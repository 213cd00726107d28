import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { CatalogueRecord } from '../../server/catalogue/catalogueSchema.js';
import { HubServer } from '../fakes/hubServer.js';
import { catalogueWith, tinyEntry, tinyReader, tinyReaderFile } from '../fixtures/hubModel.js';
import { removeTemporaryFolders } from '../fixtures/tinyEncoder.js';
import { tinyGguf } from '../fixtures/tinyGguf.js';
import { describeInBrowser } from './support/browserTests.js';
import { ChatPanel } from './support/chatPanel.js';
import { useEditor } from './support/editor.js';
import { repository, shortFolder } from './support/folders.js';
import { until } from './support/until.js';

const mini = path.join(repository, 'models', 'videochat-mini');
const parts = { vision: 'vision.fp16.onnx', language: 'language.q8_0.gguf', domain: 'domain.json', timeline: 'timeline.f16.gguf' };

/** The embedded model as somebody else's, to be fetched: no demonstration any more, so that it is asked before the one inside. */
function eyesEntry(): CatalogueRecord {
  const { $schema: _schema, schemaVersion: _version, id: _id, name: _name, description: _description, licence: _licence, files: _files, ...manifest } = JSON.parse(
    readFileSync(path.join(mini, 'manifest.json'), 'utf8'),
  ) as Record<string, object>;
  const only = (key: string) => ({ variants: { only: key }, default: 'only' });
  const files = Object.entries(parts).map(([key, file]) => ({ key, repo: 'owner/eyes', revision: 'main', path: file, bytes: readFileSync(path.join(mini, file)).length }));
  return tinyEntry({
    ...{ id: 'eyes', name: 'Eyes', description: 'It sees coloured shapes that move.', kind: 'video', abilities: ['chat', 'image', 'grounding', 'timeline'] },
    goodAt: [{ what: 'Shapes and colours', value: '86 %', source: 'its card' }],
    variants: [{ id: 'small', files, memory: { bytes: 100_000_000, source: 'measured' } }],
    install: {
      as: 'model',
      manifest: {
        ...manifest,
        demonstration: false,
        encoder: { ...manifest['encoder'], ...only('vision') },
        language: { ...manifest['language'], ...only('language') },
        timeline: { ...manifest['timeline'], language: { ...(manifest['timeline'] as { language: object }).language, ...only('timeline') } },
      },
    },
  });
}

/** One that is asked for by a licence, and by the hub. */
function readerEntry(): CatalogueRecord {
  const { recommend: _recommend, ...entry } = tinyEntry({ name: 'Reader', licence: { name: 'Readers only', url: 'https://example.org/licence', mustAccept: true, gated: true, note: 'Not for writers.' } });
  return entry;
}

describeInBrowser('models, from a hub to an answer', () => {
  let hub: HubServer;
  beforeAll(async () => {
    hub = await HubServer.start();
    Object.values(parts).forEach((file) => hub.add(`owner/eyes/${file}`, readFileSync(path.join(mini, file))));
    hub.add(tinyReaderFile, tinyReader());
  });
  afterAll(async () => {
    await hub.dispose();
    removeTemporaryFolders();
  });
  const editor = useEditor('models', async () => ({
    settings: { 'videochat.offerModels': true },
    env: { VIDEOCHAT_CATALOGUE: await catalogueWith(eyesEntry(), readerEntry()), HF_ENDPOINT: hub.endpoint, HF_HUB_CACHE: shortFolder(), HF_TOKEN: '' },
  }));

  const row = (name: string): Locator => {
    const label = editor().workbench.page.locator('.label-name', { hasText: new RegExp(`^${name}$`) });
    return editor().workbench.page.locator('.sidebar [role=treeitem]').filter({ has: label });
  };
  const shows = (name: string, words: RegExp): Promise<void> => row(name).filter({ hasText: words }).waitFor();
  /** A button of a row, which is there while the mouse is over it. */
  const press = async (name: string, button: string): Promise<void> => {
    await until(async () => {
      await row(name).hover();
      return row(name).getByRole('button', { name: button, exact: true }).click({ timeout: 3_000 }).then(() => true, () => false);
    }, `the button ${button} of ${name}`);
  };
  const notice = (text: string | RegExp): Locator => editor().workbench.notification(text);

  it('offers the model that suits this machine at the first chat, once, and works without', async () => {
    const { workbench } = editor();
    const panel = await editor().chatWith('sample.mp4');
    const offer = notice('VideoChat comes with a demonstration model. Eyes (13.7 MB) suits this machine.');
    await offer.waitFor();
    await workbench.screenshot('offer');
    await offer.getByRole('button', { name: 'Not Now' }).click();
    expect(await panel.ask('What is the color of the square?')).toMatch(/blue/i);
    await workbench.open(editor().server.url());
    await editor().chatWith('sample.mp4');
    await workbench.runCommand('VideoChat: Focus on Models View');
    // The view has room where those that are not looked at are closed.
    for (const view of ['Find in Videos', 'Dataset']) {
      await workbench.page.locator('.sidebar .pane-header', { hasText: view }).click();
    }
    await shows('Eyes', /suggested for this machine · 13\.7 MB · fits/);
    await expect.poll(() => offer.count()).toBe(0);
  });

  it('fetches a model by a click, pauses, goes on after the server has ended, and the model answers at once', async () => {
    const { workbench, server } = editor();
    const panel = new ChatPanel(workbench);
    hub.faults.slowMs = 60;
    await press('Eyes', 'Download Model…');
    await shows('Eyes', /\d+ % · .*B\/s · \d+ (s|min) left/);
    await workbench.statusBarItem(/Eyes: \d+ %/).waitFor();
    await workbench.screenshot('coming');
    const other = await workbench.anotherWindow(server.url());
    await other.runCommand('VideoChat: Focus on Models View');
    await other.page.locator('.sidebar [role=treeitem]').filter({ hasText: /Eyes.*another window fetches it: \d+ %/ }).waitFor();
    await other.closeWindow();
    await workbench.page.bringToFront();

    await press('Eyes', 'Pause Download');
    await shows('Eyes', /paused at \d+ %/);
    await workbench.statusBarItem(/Eyes: \d+ %/).waitFor({ state: 'detached' });
    await workbench.screenshot('paused');
    const asked = hub.requests.length;

    await press('Eyes', 'Resume Download');
    await shows('Eyes', /\d+ % · .*B\/s/);
    expect(hub.requests.slice(asked).some(({ range }) => /^bytes=[1-9]\d*-$/.test(range ?? ''))).toBe(true);

    (await server.videoChatServers()).forEach((id) => process.kill(id, 'SIGKILL'));
    const stopped = notice('The download of Eyes stopped');
    await stopped.waitFor();
    await shows('Eyes', /paused at \d+ %/);
    delete hub.faults.slowMs;
    await stopped.getByRole('button', { name: 'Try Again' }).click();
    await notice('Eyes is here and answers from now on.').waitFor();
    await shows('Eyes', /answers · 13\.7 MB/);
    await panel.frame.getByText('Eyes', { exact: true }).first().waitFor();
    expect(await panel.ask('What is the color of the square?')).toMatch(/blue/i);
    await workbench.screenshot('answers');
  });

  it('asks for a licence and a token, and keeps the token to itself', async () => {
    const { workbench, server } = editor();
    hub.faults.wantsToken = 'hf_of_a_test';
    await row('They read timelines').click();
    await press('Reader', 'Download Model…');
    await workbench.dialog('Not for writers.').waitFor();
    await workbench.screenshot('licence');
    await workbench.answerDialog('Download Reader?', 'Cancel');
    await press('Reader', 'Download Model…');
    await workbench.answerDialog('Download Reader?', 'Accept and Download');
    const box = workbench.page.locator('.quick-input-widget input[type=password]');
    await box.fill('hf_of_a_test');
    await box.press('Enter');
    await notice('Reader is here.').waitFor();
    expect(hub.requests.filter(({ server: who, authorization }) => who === 'store' && authorization !== undefined)).toEqual([]);
    const settings = readFileSync(path.join(server.folder, 'profile', 'User', 'settings.json'), 'utf8');
    expect(settings + (await server.log())).not.toContain('hf_of_a_test');
    await workbench.screenshot('token');
  });

  it('takes in a file of this machine, and compares what is here byte for byte', async () => {
    const { workbench } = editor();
    const file = path.join(shortFolder(), 'mine.gguf');
    writeFileSync(file, tinyGguf({ contextLength: 2048, chatTemplate: '{% for message in messages %}{{ message.role }}: {{ message.content }}\n{% endfor %}' }));
    await workbench.runCommand('VideoChat: Import Model…');
    await workbench.chooseQuickPick('A language model');
    // The box for the name comes next, with that of the file in it.
    await workbench.enterText(file);
    await notice('mine is here.').waitFor();
    await shows('mine', /imported/);
    await workbench.contextMenu(row('mine'), 'Verify Model…');
    await notice('Every byte of mine is as it should be.').waitFor();
    await workbench.screenshot('imported');
    await workbench.contextMenu(row('mine'), 'Remove Model…');
    await workbench.answerDialog('Remove mine from this machine?', 'Remove');
    await row('mine').waitFor({ state: 'detached' });
  });

  it('removes a model, and what is left answers', async () => {
    const { workbench } = editor();
    const panel = new ChatPanel(workbench);
    await workbench.contextMenu(row('Eyes'), 'Remove Model…');
    await workbench.answerDialog('Remove Eyes from this machine?', 'Remove');
    await shows('Eyes', /suggested for this machine/);
    await panel.frame.getByText('VideoChat mini', { exact: true }).first().waitFor();
    expect(await panel.ask('What is the color of the square?')).toMatch(/blue/i);
    await workbench.screenshot('removed');
  });

  it('says what went wrong, and throws away what has come when it is cancelled', async () => {
    const { workbench } = editor();
    hub.faults.wrongByte = true;
    delete hub.faults.wantsToken;
    await press('Eyes', 'Download Model…');
    const stopped = notice(/The download of Eyes stopped: What came for .* is not that file/);
    await stopped.waitFor();
    await workbench.screenshot('wrong');
    delete hub.faults.wrongByte;
    hub.faults.slowMs = 20;
    await stopped.getByRole('button', { name: 'Try Again' }).click();
    await shows('Eyes', /\d+ % · .*B\/s/);
    await press('Eyes', 'Cancel Download…');
    await workbench.answerDialog('Cancel the download of Eyes?', 'Cancel Download');
    await shows('Eyes', /suggested for this machine · 13\.7 MB/);
    await workbench.screenshot('cancelled');
  });
});
