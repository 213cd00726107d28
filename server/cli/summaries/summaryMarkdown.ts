import path from 'node:path';
import { firstSentence } from '../../common/firstSentence.js';
import { cellText, markdownTable } from '../../common/markdownTable.js';
import type { Summary } from '../../protocol/index.js';
import { formatClipTime } from '../formatValues.js';

/** What happened to a clip of several. */
export type ClipOutcome = { video: string; summary: Summary } | { video: string; problem: string };

/** One clip's section. */
export function summaryMarkdown(video: string, { text, model, facts }: Summary): string {
  const about = [...(facts.kind === 'video' ? [formatClipTime(facts.durationSeconds)] : []), `${facts.width} × ${facts.height}`, `model: ${model.id}`].join(' · ');
  return `## ${cellText(path.basename(video))}\n\n*${about}*\n\n${text || '*The model said nothing about this clip.*'}\n`;
}

/** All clips of a folder at a glance. */
export function overviewMarkdown(outcomes: readonly ClipOutcome[], folder: string): string {
  const rows = outcomes.map((outcome) => {
    const name = cellText(path.relative(folder, outcome.video).split(path.sep).join('/') || path.basename(outcome.video));
    return 'summary' in outcome
      ? [name, outcome.summary.facts.kind === 'video' ? formatClipTime(outcome.summary.facts.durationSeconds) : '', cellText(firstSentence(outcome.summary.text))]
      : [name, '', `failed: ${cellText(outcome.problem)}`];
  });
  return `## Overview\n\n${markdownTable(['Clip', 'Length', 'What happens'], rows)}`;
}
