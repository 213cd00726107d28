import { describe, expect, it } from 'vitest';
import type { PanelState } from '../../../server/protocol/panel.js';
import { announcement } from '../../../webview/chat/state/announcement.js';
import { emptyPage } from '../../../webview/chat/state/pageState.js';
import { sendBlock } from '../../../webview/chat/state/sendBlock.js';
import { englishStrings, format, strings, useStrings } from '../../../webview/chat/strings.js';
import { plannedFrames } from '../../../webview/chat/composer/framesSelect.js';
import { resultFacts } from '../../../webview/chat/transcript/resultLine.js';
import { stageText } from '../../../webview/chat/transcript/stageText.js';
import { panelResult } from '../../fixtures/panelResult.js';
import { panel, turn } from './examples.js';

const said = (now: Partial<PanelState>, before: Partial<PanelState>): string | undefined =>
  announcement({ ...emptyPage, panel: panel(now) }, { ...emptyPage, panel: panel(before) });

describe('what a screen reader is told', () => {
  it('is the beginning and the end of an answer, and nothing between', () => {
    expect(said({ turns: [turn()] }, {})).toBe('Answering.');
    expect(said({ turns: [turn({ state: 'streaming', answer: 'a' })] }, { turns: [turn()] })).toBeUndefined();
    expect(said({ turns: [turn({ state: 'streaming', answer: 'ab' })] }, { turns: [turn({ state: 'streaming', answer: 'a' })] })).toBeUndefined();
    expect(said({ turns: [turn({ state: 'complete' })] }, { turns: [turn({ state: 'streaming' })] })).toBe('The answer is finished.');
    expect(said({ turns: [turn({ state: 'stopped' })] }, { turns: [turn()] })).toBe('The answer was stopped.');
    expect(said({ turns: [turn({ state: 'failed', problem: { message: 'No memory.' } })] }, { turns: [turn()] })).toBe('The answer failed: No memory.');
  });

  it('is what became of the server', () => {
    const restarting = { server: { state: 'restarting', attempt: 2, delayMs: 1000 } } as const;
    expect(said(restarting, {})).toMatch(/attempt 2/);
    expect(said({}, restarting)).toBe('The server is ready again.');
    expect(said({}, { server: { state: 'starting' } })).toBeUndefined();
  });

  it('is nothing when another conversation is opened', () => {
    expect(said({ conversationId: 'c2', turns: [turn({ state: 'complete' })] }, {})).toBeUndefined();
    expect(announcement({ ...emptyPage, panel: panel({ turns: [turn()] }) }, emptyPage)).toBeUndefined();
  });
});

describe('why a question cannot be sent', () => {
  it.each([
    [{ server: { state: 'failed', problem: { message: 'x' } } }, englishStrings.whyServerFailed],
    [{ busy: true }, englishStrings.whyBusy],
    [{ clips: [] }, englishStrings.whyNoClip],
    [{ clips: [{ clipId: 'v', name: 'a', problem: { message: 'This file is gone.' } }] }, 'This file is gone.'],
    [{ model: undefined }, englishStrings.whyNoModel],
    [{ model: undefined, server: { state: 'stopped' } }, undefined],
    [{ server: { state: 'restarting', attempt: 1, delayMs: 1 } }, undefined],
    [{}, undefined],
  ] satisfies [Partial<PanelState>, string | undefined][])('%j: %s', (more, why) => {
    expect(sendBlock(panel(more), 'Hi')).toBe(why);
  });

  it('is its length', () => {
    expect(sendBlock(panel(), 'x'.repeat(100_001))).toBe(englishStrings.whyTooLong);
  });
});

describe('texts', () => {
  it('are translated one by one, and what is no text stays English', () => {
    useStrings({ send: '发送', stop: 5, unknown: 'x', cancel: '' });
    expect(strings()).toEqual({ ...englishStrings, send: '发送' });
    useStrings(null);
    expect(strings()).toEqual(englishStrings);
  });

  it('are all there in English', () => {
    expect(Object.values<string>({ ...englishStrings }).filter((text) => text.trim() === '')).toEqual([]);
  });

  it('are filled in', () => {
    expect(format('{0} of {1}, {0}{2}', 1, 'two')).toBe('1 of two, 1{2}');
    // What is filled in is not a pattern.
    expect(format('{0} {1}', '{1}', '$&')).toBe('{1} $&');
  });

  it('name the stages', () => {
    const texts = [
      stageText({ turnId: 't', stage: 'loading', done: 1, total: 4 }),
      stageText({ turnId: 't', stage: 'decoding', done: 3, total: 8 }),
      stageText({ turnId: 't', stage: 'decoding' }),
      stageText({ turnId: 't', stage: 'prefill' }),
    ];
    expect(texts).toEqual(['Loading the model, 25%', 'Decoding frame 3 of 8', 'Decoding frames', 'Reading the question']);
  });

  it('say what an answer cost', () => {
    const result = panelResult();
    const plan = { spec: 'videochat:4', span: { startSeconds: 0, endSeconds: 1 }, indices: [0, 0, 1, 1], seconds: [0, 0, 0.5, 0.5], reason: '' };
    expect(resultFacts(result, plan, panel().model)).toEqual(['smol', 'CPU', '2 frames', '31 tok/s', '1.9 s']);
    expect(resultFacts({ ...result, tokens: { ...result.tokens, generated: 0 } }, undefined, undefined)).toEqual(['smol', 'CPU', '1.9 s']);
    // The name it had when it answered outlives the model's being there.
    expect(resultFacts(panelResult({ modelName: 'SmolVLM2' }), undefined, undefined)[0]).toBe('SmolVLM2');
    expect(resultFacts(result, undefined, { id: 'smol', name: 'Smol', demonstration: false, plan: 'videochat:8' })[0]).toBe('Smol');
    expect([plannedFrames('videochat:8'), plannedFrames('fps:1'), plannedFrames(undefined)]).toEqual([8, undefined, undefined]);
  });
});
