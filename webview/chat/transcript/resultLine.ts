import { html, nothing, type TemplateResult } from 'lit';
import type { PanelModel, PanelTurn } from '../../../server/protocol/panel.js';
import type { FramePlan } from '../../../server/protocol/video.js';
import { format, strings } from '../strings.js';
import { shortSeconds } from '../text/formatTime.js';
import { isOfPicture } from './isOfPicture.js';

type Result = NonNullable<PanelTurn['result']>;

/** Model, device, frames, speed, time: each a short text. */
export function resultFacts(result: Result, plan: FramePlan | readonly FramePlan[] | undefined, model: PanelModel | undefined): string[] {
  const texts = strings();
  const { tokens, timings } = result;
  const frames = [plan ?? []].flat().reduce((sum, one) => sum + (isOfPicture(one) ? 0 : new Set(one.seconds).size), 0);
  return [
    result.modelName ?? (model?.id === result.model.id ? model.name : result.model.id),
    result.device,
    frames === 1 ? texts.oneFrame : frames > 1 ? format(texts.frames, frames) : '',
    timings.generate > 0 && tokens.generated > 0
      ? format(texts.tokensPerSecond, Math.round((1000 * tokens.generated) / timings.generate))
      : '',
    format(texts.seconds, shortSeconds(timings.total)),
  ].filter((fact) => fact !== '');
}

/** The quiet line below an answer; what it leaves out is in its tooltip. */
export function resultLine(result: Result, plan: FramePlan | readonly FramePlan[] | undefined, model: PanelModel | undefined): TemplateResult {
  const texts = strings();
  const { tokens, timings } = result;
  const detail = [
    format(texts.tokensDetail, tokens.prompt, tokens.reused, tokens.generated),
    format(
      texts.timesDetail,
      shortSeconds(timings.decode),
      shortSeconds(timings.encode),
      shortSeconds(timings.prefill),
      shortSeconds(timings.generate),
    ),
    ...(result.embeddingsCached ? [texts.fromCache] : []),
  ].join('\n');
  return html`
    <p class="result quiet" title=${detail}>${resultFacts(result, plan, model).map((fact) => fact.replaceAll(' ', '\u00a0')).join(' · ')}</p>
    ${result.stopReason === 'length' ? html`<p class="note quiet">${texts.cutOff}</p>` : nothing}
    ${result.droppedTurns > 0 ? html`<p class="note quiet">${format(texts.droppedTurns, result.droppedTurns)}</p>` : nothing}
  `;
}
