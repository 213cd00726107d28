import { type Phrase, phrase } from '../protocol/index.js';
import { messageTemplate } from './backendRules.js';
import type { Manifest } from './manifest.js';
import { outputOf, outputRows } from './outputRows.js';
import { checkPieces } from './pieceRules.js';
import { checkPrefix } from './prefixManifest.js';
import { checkTiles } from './tileRules.js';

export interface BrokenRule {
  path: (string | number)[];
  message: Phrase;
}

/** What is wrong between the fields of a manifest whose fields are right each by itself. */
export function brokenRules(manifest: Manifest): BrokenRule[] {
  const broken: BrokenRule[] = [];
  const problem = (path: (string | number)[], message: Phrase): void => void broken.push({ path, message });
  if (manifest.backend) {
    checkBackend(manifest, problem);
  } else {
    checkFiles(manifest, problem);
    checkHalves(manifest, problem);
    checkPromptMessages(manifest, problem);
    checkTiles(manifest, problem);
    checkPieces(manifest, problem);
    checkPrefix(manifest, problem);
  }
  checkMedia(manifest, problem);
  checkAudio(manifest, problem);
  checkLocate(manifest, problem);
  return broken;
}

type Problem = (path: (string | number)[], message: Phrase) => void;

function checkFiles({ files, encoder, audio, prefix, language, timeline }: Manifest, problem: Problem): void {
  const checkFile = (path: (string | number)[], key: string): void => {
    if (!Object.hasOwn(files, key)) {
      problem(path, phrase`names the file "${key}", which is not in files`);
    }
  };
  for (const [key, file] of Object.entries(files)) {
    file.companions?.forEach((companion, i) => checkFile(['files', key, 'companions', i], companion));
  }
  if (encoder?.domain !== undefined) {
    checkFile(['encoder', 'domain'], encoder.domain);
  }
  if (prefix?.cache) {
    checkFile(['prefix', 'cache', 'file'], prefix.cache.file);
  }
  const halves = [
    { path: ['encoder'], half: encoder },
    { path: ['encoder', 'image'], half: encoder?.image },
    { path: ['audio'], half: audio },
    { path: ['prefix'], half: prefix },
    { path: ['language'], half: language },
    { path: ['timeline', 'language'], half: timeline?.language },
  ];
  for (const { path, half } of halves) {
    if (half) {
      Object.entries(half.variants).forEach(([name, key]) => checkFile([...path, 'variants', name], key));
      if (!Object.hasOwn(half.variants, half.default)) {
        problem([...path, 'default'], phrase`names the variant "${half.default}", which is not in variants`);
      }
    }
  }
  for (const path of [['language'], ['timeline', 'language']]) {
    const adapters = (path.length === 1 ? language : timeline?.language)?.adapters;
    adapters?.forEach(({ file }, i) => checkFile([...path, 'adapters', i, 'file'], file));
  }
}

function checkHalves({ abilities, encoder, preprocess, framePlan, prefix, prompt, timeline }: Manifest, problem: Problem): void {
  if (timeline && !abilities.includes('timeline')) {
    problem(['timeline'], phrase`needs the ability "timeline"`);
  }
  const { videoMessage, placeholders, timeMessage } = prompt;
  const visual = Object.entries({ framePlan, preprocess });
  const visualPrompt = Object.entries({ videoMessage, placeholders, timeMessage });
  if (encoder) {
    visual.filter(([, value]) => value === undefined).forEach(([name]) => problem([name], phrase`is needed with an encoder`));
    visualPrompt.filter(([, value]) => value === undefined && !prefix).forEach(([name]) => problem(['prompt', name], phrase`is needed with an encoder`));
    checkRows(encoder, prompt, problem);
    if (preprocess && (preprocess.video.width !== preprocess.image.width || preprocess.video.height !== preprocess.image.height)) {
      problem(['preprocess', 'image'], phrase`must have the size of preprocess.video`);
    }
    return;
  }
  visual.filter(([, value]) => value !== undefined).forEach(([name]) => problem([name], phrase`means nothing without an encoder`));
  if (abilities.some((ability) => ability !== 'timeline')) {
    problem(['abilities'], phrase`must be ["timeline"] without an encoder`);
  }
}

function checkBackend({ abilities, backend, files, encoder, preprocess, language, framePlan, prompt, stop, timeline }: Manifest, problem: Problem): void {
  const { template, videoMessage, imageMessage, placeholders, timeMessage } = prompt;
  const meaningless = {
    files: Object.keys(files).length > 0,
    encoder: encoder !== undefined,
    preprocess: preprocess !== undefined,
    language: Object.keys(language.variants).length > 0,
    'prompt.template': template !== messageTemplate,
    'prompt.videoMessage': videoMessage !== undefined,
    'prompt.imageMessage': imageMessage !== undefined,
    'prompt.placeholders': placeholders !== undefined,
    'prompt.timeMessage': timeMessage !== undefined,
    'stop.ids': stop.ids.length > 0,
    'timeline.answers': timeline?.answers === 'supported',
    'timeline.language': timeline?.language !== undefined,
    'timeline.prompt.template': timeline?.prompt?.template !== undefined,
    framePlan: framePlan !== undefined && backend?.images !== 'frames',
  };
  for (const [name, isGiven] of Object.entries(meaningless)) {
    if (isGiven) {
      problem(name.split('.'), name === 'framePlan' ? phrase`means nothing without images` : phrase`means nothing with a backend`);
    }
  }
  if (timeline && !abilities.includes('timeline')) {
    problem(['timeline'], phrase`needs the ability "timeline"`);
  }
  if (backend?.images === 'frames' ? !abilities.includes('chat') : abilities.some((ability) => ability !== 'timeline')) {
    problem(['abilities'], backend?.images === 'frames' ? phrase`must hold "chat" where frames are sent` : phrase`must be ["timeline"] where no frames are sent`);
  }
}

function checkRows({ output, image, input }: NonNullable<Manifest['encoder']>, { placeholders }: Manifest['prompt'], problem: Problem): void {
  for (const [path, { rows, rowsPerFrame }] of [
    [['encoder', 'output'], output],
    [['encoder', 'image', 'output'], image?.output ?? output],
  ] as const) {
    if ((rows === undefined) === (rowsPerFrame === undefined)) {
      problem([...path], phrase`must hold either rows or rowsPerFrame`);
    }
  }
  if (input.mask !== undefined && input.layout !== 'BTCHW') {
    problem(['encoder', 'input', 'mask'], phrase`needs the layout BTCHW`);
  }
  if (placeholders && (placeholders.video === undefined) === (placeholders.frame === undefined)) {
    problem(['prompt', 'placeholders'], phrase`must hold either video or frame`);
  }
  if (placeholders?.frame !== undefined && output.rowsPerFrame === undefined) {
    problem(['prompt', 'placeholders', 'frame'], phrase`needs encoder.output.rowsPerFrame`);
  }
}

function checkMedia({ media, abilities, encoder, preprocess, language }: Manifest, problem: Problem): void {
  const { most = 1, videos = 1, images } = media ?? {};
  if (Math.max(videos, images ?? 1) > most) {
    problem(['media'], phrase`allows more of one kind than together`);
  }
  if (images !== undefined && !abilities.includes('image') && !abilities.includes('timeline')) {
    problem(['media', 'images'], phrase`needs the ability "image"`);
  }
  if (!encoder || most === 1) {
    return;
  }
  const clips = Math.min(media?.videos ?? most, most);
  const ofClips = clips * outputRows(encoder.output, preprocess?.maxFrames ?? 1);
  if (ofClips + (most - clips) * outputRows(outputOf(encoder, 'image'), 1) >= language.contextLength) {
    problem(['media', 'most'], phrase`times encoder.output.rows does not fit into language.contextLength`);
  }
}

function checkAudio({ audio, encoder, abilities, prefix, prompt }: Manifest, problem: Problem): void {
  if (audio && !abilities.includes('audio')) {
    problem(['audio'], phrase`needs the ability "audio"`);
  }
  if (audio && (!encoder || (prompt.placeholders?.audio === undefined && !prefix))) {
    problem(['audio'], phrase`needs an encoder and prompt.placeholders.audio`);
  }
  if (!audio && prompt.placeholders?.audio !== undefined) {
    problem(['prompt', 'placeholders', 'audio'], phrase`means nothing without audio`);
  }
}

function checkPromptMessages({ prompt, prefix, abilities }: Manifest, problem: Problem): void {
  const { placeholders, videoMessage, imageMessage } = prompt;
  const { video, frame } = placeholders ?? {};
  if (videoMessage !== undefined && video !== undefined && videoMessage.split(video).length !== 2) {
    problem(['prompt', 'videoMessage'], phrase`must hold placeholders.video exactly once`);
  }
  if (videoMessage !== undefined && frame !== undefined && videoMessage.split(frame).length !== 2) {
    problem(['prompt', 'videoMessage'], phrase`must hold placeholders.frame exactly once, in a loop over the frames`);
  }
  if (abilities.includes('image') && !prefix && (imageMessage === undefined || placeholders?.image === undefined)) {
    problem(['prompt', 'imageMessage'], phrase`and placeholders.image are needed for the ability "image"`);
  } else if (imageMessage !== undefined && imageMessage.split(placeholders?.image ?? '\u0000').length !== 2) {
    problem(['prompt', 'imageMessage'], phrase`must hold placeholders.image exactly once`);
  }
  if (prompt.visuals === 'question' && !/\bvisuals\b/.test(prompt.questionMessage ?? '')) {
    problem(['prompt', 'questionMessage'], phrase`must show the visuals, which are part of it`);
  }
}

function checkLocate({ prompts, abilities }: Manifest, problem: Problem): void {
  const { locate, denseCaption } = prompts ?? {};
  if (denseCaption && !abilities.includes('denseCaption')) {
    problem(['prompts', 'denseCaption'], phrase`needs the ability "denseCaption"`);
  }
  if (!locate) {
    return;
  }
  if (!abilities.includes('grounding')) {
    problem(['prompts', 'locate'], phrase`needs the ability "grounding"`);
  }
  const places = [...locate.answer.matchAll(/\{\{\s*(\w+)\s*\}\}/g)].map(([, name]) => name);
  if (places.join() !== 'start,end') {
    problem(['prompts', 'locate', 'answer'], phrase`must hold the placeholders start and end once each, in this order`);
  }
}
