import { expect, it } from 'vitest';
import { changedModel } from '../fixtures/changedModel.js';
import { describeInBrowser } from './support/browserTests.js';
import type { ChatPanel } from './support/chatPanel.js';
import { sampleClip, useEditor } from './support/editor.js';
import { EditorChat } from './support/editorChat.js';
import { shortFolder } from './support/folders.js';
import { until } from './support/until.js';

/** The embedded model, which does not stop when it has said all: there are seconds in which text streams. */
const talkative = { id: 'talkative', name: 'Talkative', stop: { texts: ['never'], trimAfter: [] }, sampling: { maxTokens: 1500 } };

/**
 * The model always takes the likeliest word, so it says the same once more, until it has said all: of the nonsense that
 * follows no word is likelier than others, and a prompt that is read in other pieces may tip the scales.
 */
const saidFirst = (answer: string): string => answer.split('###')[0] ?? '';

describeInBrowser('an answer of which a part is there', () => {
  const editor = useEditor('streaming', async () => {
    const folder = shortFolder();
    await changedModel(folder, talkative);
    return {
      files: { 'sample.mp4': sampleClip, 'other.mp4': sampleClip },
      settings: { 'videochat.model': talkative.id, 'chat.disableAIFeatures': false },
      machineSettings: { 'videochat.modelFolders': [folder] },
    };
  });
  let panel: ChatPanel;
  let partial: string;
  const shot = (what: string): Promise<string> => editor().workbench.screenshot(what);
  const servers = (): Promise<number[]> => editor().server.videoChatServers();
  /** Waits until some words of the last answer are to be seen. */
  const streams = (): Promise<string> =>
    until(async () => {
      const answer = panel.turns.last().locator('.markdown');
      const text = (await answer.count()) > 0 ? ((await answer.textContent()) ?? '').trim() : '';
      return text.length > 60 && text;
    }, 'text that streams');
  const isWhole = async (): Promise<boolean> => (await panel.turns.last().locator('.result').count()) > 0;

  it('stays when it is stopped, and is no longer than it was', async () => {
    panel = await editor().chatWith('sample.mp4');
    await panel.send('Describe the video.');
    const seen = await streams();
    await panel.button('Stop (Escape)').click();
    await panel.turns.last().getByText('You stopped this answer.').waitFor();
    partial = await panel.lastAnswer();
    expect(partial.startsWith(seen)).toBe(true);
    expect(await isWhole()).toBe(false);
    await shot('stopped');
    await panel.input.fill('Something else');
    expect(await panel.lastAnswer()).toBe(partial);
  });

  it('is made whole by asking again', async () => {
    await panel.button('Answer again').click();
    const answer = await panel.finishedAnswer();
    expect(saidFirst(answer)).toBe(saidFirst(partial));
    expect(answer.length).toBeGreaterThan(partial.length);
  });

  it('stops at the command too', async () => {
    await panel.send('What is the color of the square?');
    const stopped = panel.turns.last().getByText('You stopped this answer.');
    // On a busy machine the answer may be over before the palette is open: then it is asked for once more.
    await until(async () => {
      await streams();
      await editor().workbench.runCommand('VideoChat: Stop Answering');
      const ended = await until(async () => (await stopped.count()) > 0 ? 'stopped' : (await isWhole()) && 'whole', 'the end of the answer');
      if (ended === 'whole') {
        await panel.button('Answer again').last().click();
      }
      return ended === 'stopped';
    }, 'an answer that was stopped');
    expect((await panel.lastAnswer()).length).toBeGreaterThan(60);
  });

  it('is kept when the server dies, with what happened, and all that was said before', async () => {
    const whole = await panel.turns.first().locator('.markdown').textContent();
    const [server] = await servers();
    await panel.send('What shape is the red object?');
    const seen = await streams();
    process.kill(server ?? NaN, 'SIGKILL');
    await panel.turns.last().getByText('The server ended in the middle of this answer.').waitFor();
    partial = await panel.lastAnswer();
    await shot('died');
    expect(partial.startsWith(seen)).toBe(true);
    expect(await isWhole()).toBe(false);
    expect(await panel.turns.first().locator('.markdown').textContent()).toBe(whole);
    expect(await panel.turns.count()).toBe(3);
  });

  it('is made whole by a new server, which knows the conversation', async () => {
    await editor().workbench.runCommand('VideoChat: Regenerate Answer');
    const answer = await panel.finishedAnswer();
    await shot('recovered');
    expect(saidFirst(answer)).toBe(saidFirst(partial));
    expect(answer.length).toBeGreaterThan(partial.length);
    expect(await panel.turns.last().getByText('The server ended').count()).toBe(0);
    expect(await panel.turns.count()).toBe(3);
    await panel.playerReady();
  });

  it("streams into the editor's chat too: what was said when the server died stays there", async () => {
    const chat = new EditorChat(editor().workbench);
    await chat.open();
    await chat.session.getByText('VideoChat mini').first().waitFor();
    const [server] = await servers();
    await chat.send('@video What shape is the red object?');
    await chat.answer('circle').waitFor();
    process.kill(server ?? NaN, 'SIGKILL');
    await chat.answer('The VideoChat server ended before it answered.').waitFor();
    await shot('chat');
    expect(await chat.responses.last().textContent()).toContain('circle');
  });
});
