import { html, nothing, type TemplateResult } from 'lit';
import type { AnnotatedSegment, AttributeValue } from '../../../server/protocol/annotation.js';
import type { AttributeRule } from '../../../server/protocol/dataset.js';
import type { AnnotateSession } from '../session/annotateSession.js';
import { attributeRules } from '../session/labels.js';
import { texts } from '../texts.js';
import { lineField } from './fields.js';

/** Attributes as the label's rules have them, and others that the segment has all the same. */
export function attributeFields(session: AnnotateSession, segment: AnnotatedSegment, disabled: boolean): TemplateResult | typeof nothing {
  const rules = attributeRules(segment.label, session.page?.dataset);
  const known = new Set(rules.map(({ name }) => name));
  const others = Object.entries(segment.attributes ?? {}).filter(([name]) => !known.has(name));
  if (rules.length === 0 && others.length === 0) {
    return nothing;
  }
  const all = [...rules, ...others.map(([name, value]): AttributeRule => ({ name, type: ruleType(value) }))];
  return html`<div class="attributes" role="group" aria-label=${texts().attributes}>${all.map((rule) => attributeField(session, segment, rule, disabled))}</div>`;
}

function attributeField(session: AnnotateSession, segment: AnnotatedSegment, rule: AttributeRule, disabled: boolean): TemplateResult {
  const names = texts();
  const value = segment.attributes?.[rule.name];
  const missing = rule.required === true && (value === undefined || value === null || value === '');
  const set = (next: AttributeValue | undefined): void => {
    const now = session.document?.segments.find(({ id }) => id === segment.id)?.attributes ?? {};
    const { [rule.name]: _old, ...rest } = now;
    const attributes = next === undefined ? rest : { ...now, [rule.name]: next };
    session.change(names.didAttribute, 'segments', segment.id, { attributes: Object.keys(attributes).length > 0 ? attributes : null });
  };
  return html`<label class="field ${missing ? 'missing-value' : ''}">
    <span>${rule.name}${rule.required ? html`<span class="required" title=${names.required} aria-label=${names.required}> *</span>` : nothing}</span>
    ${control(rule, value, disabled, `${segment.id}/attribute/${rule.name}`, set, session)}
  </label>`;
}

function control(rule: AttributeRule, value: AttributeValue | undefined, disabled: boolean, key: string, set: (value: AttributeValue | undefined) => void, session: AnnotateSession): TemplateResult {
  const names = texts();
  switch (rule.type) {
    case 'boolean':
    case 'choice': {
      const options = rule.type === 'boolean' ? [['true', names.yes] as const, ['false', names.no] as const] : (rule.options ?? []).map((option) => [option, option] as const);
      const now = value === undefined || value === null ? '' : String(value);
      const take = (text: string): void => set(text === '' ? undefined : rule.type === 'boolean' ? text === 'true' : text);
      return html`<select class="boxed" aria-label=${rule.name} ?disabled=${disabled} @change=${(event: Event) => take((event.target as HTMLSelectElement).value)}>
        <option value="" .selected=${now === ''}>${names.notSet}</option>
        ${options.some(([option]) => option === now) || now === '' ? nothing : html`<option value=${now} .selected=${true}>${now}</option>`}
        ${options.map(([option, name]) => html`<option value=${option} .selected=${option === now}>${name}</option>`)}
      </select>`;
    }
    case 'number':
    case 'text': {
      const take = (text: string): void => {
        const number = Number(text.replace(',', '.'));
        if (text.trim() === '') {
          set(undefined);
        } else if (rule.type === 'text') {
          set(text);
        } else if (Number.isFinite(number)) {
          set(number);
        } else {
          session.changed();
        }
      };
      return lineField({ label: rule.name, key, value: value === undefined || value === null ? '' : String(value), disabled, commit: take });
    }
  }
}

function ruleType(value: AttributeValue): AttributeRule['type'] {
  return typeof value === 'number' ? 'number' : typeof value === 'boolean' ? 'boolean' : 'text';
}
