import type { Manifest } from '../../models/manifest.js';
import type { VideoFacts } from '../../protocol/index.js';

const usual = { video: 'Describe the video.', image: 'Describe the image.' };

/** What asks a model to describe a clip. */
export function descriptionQuestion({ prompts }: Manifest, { kind }: VideoFacts): string {
  return kind === 'image' ? usual.image : (prompts?.summary ?? usual.video);
}

/** What asks a model to describe a part of a clip. */
export function captionQuestion({ prompts }: Manifest): string {
  return prompts?.caption ?? prompts?.summary ?? usual.video;
}

export function labelQuestion(labels: readonly string[]): string {
  return `Which of these fits best: ${labels.join(', ')}? Answer with one of them, as it is written here.`;
}

/** The recipe of VideoChat's instruction data: what is known, as text, and a model that writes from it. */
export function questionRecipe(known: string): string {
  return `${known}\n\nWrite six questions that somebody who watches this video may ask, and their answers. Ask about what is seen, what is done, counts, places and the order of events. Use only what is written above or seen in the video. Write each as two lines:\nQ: …\nA: …`;
}

export function conversationRecipe(known: string): string {
  return `${known}\n\nWrite a conversation of four turns between a person who watches this video and an assistant who explains it. Later questions follow from earlier answers. Use only what is written above or seen in the video. Write each turn as two lines:\nQ: …\nA: …`;
}
