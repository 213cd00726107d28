import type { StopRules, VisualPromptRules } from './manifest.js';

/**
 * The conversation format of VideoChat-Embed: `###Human: …###Assistant: …`. A message ends with the
 * separator; the place of the answer is `Assistant:` without one.
 */
export const videoChatPrompt: VisualPromptRules = {
  template:
    '{{ system }}###{% for message in messages %}' +
    "{% if message.role == 'assistant' %}Assistant{% else %}Human{% endif %}: {{ message.content }}###" +
    '{% endfor %}{% if add_generation_prompt %}Assistant:{% endif %}',
  videoMessage: '<Video><VideoHere></Video> {{ timeMessage }}\n',
  imageMessage: '<Image><ImageHere></Image>\n',
  questionMessage: '{{ question }}\n',
  placeholders: { video: '<VideoHere>', image: '<ImageHere>' },
  timeMessage: 'videochat',
};

/** `###` in the two ways LLaMA's tokeniser writes it, and as text for any other vocabulary. */
export const videoChatStop: StopRules = {
  texts: ['###'],
  ids: [[835], [2277, 29937]],
  trimAfter: ['Assistant:'],
};
