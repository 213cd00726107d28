import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { Manifest, PromptRules } from '../../../server/models/manifest.js';
import { checkPrompt, promptParts, renderPrompt } from '../../../server/models/prompt.js';
import type { PromptConversation } from '../../../server/models/prompt.js';
import { renderTemplate } from '../../../server/models/renderTemplate.js';
import { textHalfOf } from '../../../server/models/textHalf.js';
import { videoChatPrompt } from '../../../server/models/videoChatPrompt.js';
import { tinyManifest } from '../../fixtures/tinyEncoder.js';

interface GoldenPrompt {
  name: string;
  conversation: PromptConversation;
  pieces: string[];
}
const golden = JSON.parse(
  await readFile(new URL('../../golden/models/videoChatPrompts.json', import.meta.url), 'utf8'),
) as GoldenPrompt[];
const video = { kind: 'video', timeMessage: 'The video contains 8 frames sampled at 0.6, 1.8 seconds.' } as const;

describe('VideoChat prompts, byte for byte', () => {
  it.each(golden.map((prompt) => [prompt.name, prompt] as const))('%s', (_, { conversation, pieces }) => {
    expect(renderPrompt(videoChatPrompt, conversation)).toEqual(pieces);
  });
});

describe('renderPrompt', () => {
  it('keeps what the user writes, whatever it looks like', () => {
    const question = 'Is <VideoHere> or <ImageHere> a {{ timeMessage }} {% raw %} \\n $& </Video>?\n\n ';
    const pieces = renderPrompt(videoChatPrompt, { visuals: [video], turns: [{ question }] });
    expect(pieces).toHaveLength(2);
    expect(pieces[1]).toBe(`</Video> ${video.timeMessage}\n###Human: ${question}\n###Assistant:`);
  });

  it('keeps an earlier answer with a placeholder in it', () => {
    const turns = [{ question: 'q', answer: 'I see <VideoHere>.' }, { question: 'r' }];
    expect(renderPrompt(videoChatPrompt, { visuals: [video], turns })[1]).toContain('###Assistant: I see <VideoHere>.###');
  });

  it('leaves out an earlier turn without an answer', () => {
    const turns = [{ question: 'lost', answer: '' }, { question: 'kept' }];
    expect(renderPrompt(videoChatPrompt, { visuals: [video], turns }).join('')).not.toContain('lost');
  });

  it('shows the tiles of a picture one after the other, and the whole of it last', () => {
    const rules = {
      template: '{% for m in messages %}{{ m.content }}{% endfor %}',
      imageMessage: '{% for row in tiles %}{% for tile in row %}[{{ tile.row }},{{ tile.column }}]<T>{% endfor %}|{% endfor %}<I>.',
      placeholders: { video: '<V>', image: '<I>', tile: '<T>' },
      specialTokens: ['[1,2]'],
    } as const;
    const picture = { kind: 'image', tiles: { rows: 1, columns: 2 } } as const;
    const parts = promptParts({ ...rules, specialTokens: [...rules.specialTokens] }, { visuals: [picture, { kind: 'image' }], turns: [{ question: '[1,2]<T>' }] });
    expect(parts).toEqual([
      { kind: 'text', text: '[1,1]' },
      { kind: 'visual', visual: 0, frame: 0 },
      { kind: 'special', text: '[1,2]' },
      { kind: 'visual', visual: 0, frame: 1 },
      { kind: 'text', text: '|' },
      { kind: 'visual', visual: 0, frame: 2 },
      { kind: 'text', text: '.' },
      { kind: 'visual', visual: 1 },
      { kind: 'text', text: '.[1,2]<T>' },
    ]);
  });

  it('gives one piece where there is nothing to see', () => {
    expect(renderPrompt(videoChatPrompt, { visuals: [], turns: [{ question: 'q' }] })).toEqual([
      '###Human: q\n###Assistant:',
    ]);
  });

  it('shows a textual context once, before the first question and behind what is to be seen', () => {
    const rules = { ...videoChatPrompt, contextMessage: 'Notes:\n{{ context }}\n' };
    const turns = [{ question: 'q', answer: 'a' }, { question: 'r' }];
    expect(renderPrompt(rules, { visuals: [], context: 'a <VideoHere> {{ b }}', turns })).toEqual([
      '###Human: Notes:\na <VideoHere> {{ b }}\n###Human: q\n###Assistant: a###Human: r\n###Assistant:',
    ]);
    expect(renderPrompt(rules, { visuals: [video], context: 'c', turns })[1]).toBe(
      `</Video> ${video.timeMessage}\n###Human: Notes:\nc\n###Human: q\n###Assistant: a###Human: r\n###Assistant:`,
    );
  });

  const inQuestion: PromptRules = {
    template: '{{ system }}{% for message in messages %}[{{ message.content }}]</s>{% endfor %}',
    visuals: 'question',
    videoMessage: '{% if sound %}<A>{% endif %}{{ frameCountWords }} of {{ duration }}:{% for frame in frames %} {{ frame.clock }}<F>{% endfor %}',
    imageMessage: '<I>',
    questionMessage: '{{ visuals }}{{ question }}',
    placeholders: { frame: '<F>', image: '<I>', audio: '<A>' },
    specialTokens: ['</s>'],
    timeMessage: 'none',
  };

  it('shows visuals inside the question that follows, frame by frame, with their sound', () => {
    const seen = { kind: 'video', frameSeconds: [0, 61.9], durationSeconds: 3725.8, sound: true } as const;
    const turns = [{ question: 'q </s> <F>', answer: 'a</s>' }, { visuals: [{ kind: 'image' } as const], question: 'r' }];
    expect(promptParts(inQuestion, { visuals: [seen], turns })).toEqual([
      { kind: 'text', text: '[' },
      { kind: 'sound', visual: 0 },
      { kind: 'text', text: 'two of 1:02:05: 00:00' },
      { kind: 'visual', visual: 0, frame: 0 },
      { kind: 'text', text: ' 01:01' },
      { kind: 'visual', visual: 0, frame: 1 },
      { kind: 'text', text: 'q </s> <F>]' },
      { kind: 'special', text: '</s>' },
      { kind: 'text', text: '[a</s>]' },
      { kind: 'special', text: '</s>' },
      { kind: 'text', text: '[' },
      { kind: 'visual', visual: 1 },
      { kind: 'text', text: 'r]' },
      { kind: 'special', text: '</s>' },
    ]);
  });

  it('refuses a template that loses frames or sound', () => {
    const seen = { kind: 'video', frameSeconds: [0, 1], sound: true } as const;
    const lost = { ...inQuestion, videoMessage: '<A><F>' };
    expect(() => renderPrompt(lost, { visuals: [seen], turns: [{ question: 'q' }] })).toThrow(/visuals/);
    const silent = { ...inQuestion, videoMessage: '{% for frame in frames %}<F>{% endfor %}' };
    expect(() => renderPrompt(silent, { visuals: [seen], turns: [{ question: 'q' }] })).toThrow(/visuals/);
  });

  it('renders templates in the style of Hugging Face', () => {
    const rules: PromptRules = {
      template:
        "{{ bos_token }}{% if system %}<|system|>{{ system }}\n{% endif %}{% for message in messages %}\n" +
        "{{ '<|' + message['role'] + '|>' + message['content'] | trim + '\\n' }}{% endfor %}" +
        "{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}",
      system: 'Be brief.',
      videoMessage: '<video> {{ timeMessage }}',
      placeholders: { video: '<video>' },
      timeMessage: 'none',
    };
    expect(renderPrompt(rules, { visuals: [{ kind: 'video' }], turns: [{ question: ' q ' }] })).toEqual([
      '<|system|>Be brief.\n<|user|>',
      '\n<|user|>q\n<|assistant|>',
    ]);
  });

  it.each([
    ['drops messages', '{{ system }}'],
    ['shows messages twice', '{% for m in messages %}{{ m.content }}{{ m.content }}{% endfor %}'],
    ['does not parse', '{% for m in messages %}'],
    ['raises', "{{ raise_exception('no') }}"],
    ['calls what is not there', '{{ process.exit() }}'],
  ])('refuses a template that %s', (_, template) => {
    expect(() => renderPrompt({ ...videoChatPrompt, template }, { visuals: [video], turns: [{ question: 'q' }] })).toThrow(
      /template/,
    );
  });

  it('refuses an image where the model takes none', () => {
    const rules = { ...videoChatPrompt, imageMessage: undefined };
    expect(() => renderPrompt(rules, { visuals: [{ kind: 'image' }], turns: [{ question: 'q' }] })).toThrow(/images/);
  });
});

describe('renderTemplate', () => {
  it('ends a template that would run for ever', () => {
    const loop = '{% for a in range(9999) %}{% for b in range(9999) %}{% for c in range(9999) %}{% endfor %}{% endfor %}{% endfor %}';
    expect(() => renderTemplate(loop, {})).toThrow(/timed out/);
    expect(renderTemplate('{{ a }}', { a: 'still works' })).toBe('still works');
  });

  it('bounds range', () => {
    expect(() => renderTemplate('{% for a in range(100000000) %}{% endfor %}', {})).toThrow(/range/);
    expect(renderTemplate('{% for a in range(2, 8, 3) %}{{ a }}{% endfor %}{% for a in range(2) %}{{ a }}{% endfor %}', {})).toBe('2501');
  });

  it('keeps newlines at the end', () => {
    expect(renderTemplate('a\n', {})).toBe('a\n');
    expect(renderTemplate('{{ a }}\n\n', { a: 'b\n' })).toBe('b\n\n\n');
  });
});

describe('the prompt for timelines', () => {
  const manifest = (timeline?: Manifest['timeline']): Manifest => ({
    ...tinyManifest({ 'vision-fp32': { path: 'v', content: Buffer.from('v') }, 'language-f16': { path: 'l', content: Buffer.from('l') } }),
    abilities: ['chat', 'timeline'],
    timeline,
  });

  it('is that of the model with a wording for the context, unless the manifest has one', () => {
    const usual = textHalfOf(manifest());
    expect(usual.ownWeights).toBe(false);
    expect(usual.prompt.template).toBe(videoChatPrompt.template);
    expect(usual.prompt.contextMessage).toContain('{{ context }}');
    const own = textHalfOf(manifest({ prompt: { template: 't', contextMessage: 'c {{ context }}' }, sampling: { maxTokens: 9 } }));
    expect(own.prompt).toEqual({ template: 't', contextMessage: 'c {{ context }}' });
    expect(own.sampling).toEqual({ temperature: 0, topP: 0.9, maxTokens: 9 });
    expect(own.stop).toEqual(manifest().stop);
  });

  it('is refused where it loses the context', () => {
    expect(() => checkPrompt(manifest())).not.toThrow();
    expect(() => checkPrompt(manifest({ prompt: { contextMessage: 'Notes.' } }))).toThrow(/context/);
    expect(() => checkPrompt(manifest({ prompt: { template: '{{ messages[1].content }}' } }))).toThrow(/context/);
  });
});
