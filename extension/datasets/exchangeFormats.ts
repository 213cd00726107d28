import * as vscode from 'vscode';
import { type DatasetFormatName, datasetFormatNames } from '../../server/protocol/index.js';

/** Names of formats are those of other tools: nobody translates them. */
const titles: Record<DatasetFormatName, [title: string, ...endings: [string, ...string[]]]> = {
  videochat: ['VideoChat (11K)', 'json'],
  'videochat2-it': ['VideoChat2-IT', 'json'],
  'video-chatgpt': ['Video-ChatGPT', 'json'],
  llava: ['LLaVA, Video-LLaVA', 'json', 'jsonl'],
  vtimellm: ['VTimeLLM', 'json'],
  'activitynet-captions': ['ActivityNet Captions', 'json'],
  'charades-sta': ['Charades-STA', 'txt'],
  egoschema: ['EgoSchema', 'json'],
  nextqa: ['NExT-QA', 'csv'],
  llovi: ['LLoVi', 'json'],
  lavila: ['LaViLa', 'csv', 'jsonl', 'pkl'],
  mvbench: ['MVBench', 'json'],
  webvtt: ['WebVTT', 'vtt'],
  srt: ['SubRip (SRT)', 'srt'],
  elan: ['ELAN', 'eaf'],
  via3: ['VGG Image Annotator 3', 'json'],
  'label-studio': ['Label Studio', 'json'],
  cvat: ['CVAT for video 1.1', 'xml'],
  fiftyone: ['FiftyOne', 'json'],
  csv: ['CSV', 'csv'],
  jsonl: ['JSON Lines', 'jsonl'],
  messages: ['Hugging Face messages', 'jsonl'],
};

const perClip: ReadonlySet<DatasetFormatName> = new Set(['webvtt', 'srt', 'elan']);

/** The format has a file for each clip. */
export function isPerClip(format: DatasetFormatName): boolean {
  return perClip.has(format);
}

/** Endings of its files, without the dot; the first is the one to write. */
export function endingsOf(format: DatasetFormatName): string[] {
  const [, ...endings] = titles[format];
  return endings;
}

export function titleOf(format: DatasetFormatName): string {
  return titles[format][0];
}

/** @param ending of a file that is known: its formats come first */
export async function pickFormat(title: string, ending?: string): Promise<DatasetFormatName | undefined> {
  const names = [...datasetFormatNames].sort((a, b) => Number(endingsOf(b).includes(ending ?? '')) - Number(endingsOf(a).includes(ending ?? '')));
  const items = names.map((format) => ({ label: titleOf(format), description: `${format} · .${endingsOf(format).join(', .')}`, format }));
  const chosen = await vscode.window.showQuickPick(items, { title, placeHolder: vscode.l10n.t('Format of the annotations'), matchOnDescription: true });
  return chosen?.format;
}
