import { html, nothing, type TemplateResult } from 'lit';
import { changedBy } from '../../../server/protocol/reviewEdits.js';
import type { AnnotateSession } from '../session/annotateSession.js';
import { texts } from '../texts.js';
import { lineField, textField } from './fields.js';
import { instructions } from './instructions.js';
import { provenanceLine } from './provenanceLine.js';

/** What is said of the whole clip. */
export function clipPane(session: AnnotateSession): TemplateResult | typeof nothing {
  const { document: doc } = session;
  if (!doc) {
    return nothing;
  }
  const names = texts();
  const disabled = !session.canEdit;
  const describe = (text: string): void => {
    const descriptionProvenance = changedBy(session.document?.descriptionProvenance, session.hand);
    session.edit(names.didClip, [{ op: 'clip', set: { description: text === '' ? null : text, ...(descriptionProvenance ? { descriptionProvenance } : {}) } }]);
  };
  const tag = (text: string): void => {
    const tags = [...new Set(text.split(/[,，;\n]/).map((each) => each.trim()).filter((each) => each !== ''))];
    session.edit(names.didClip, [{ op: 'clip', set: { tags: tags.length > 0 ? tags : null } }]);
  };
  const asked = session.page?.dataset.instructions;
  return html`<div class="clip-pane">
    <div class="field">
      <span>${names.description}</span>
      ${textField({ label: names.description, key: 'clip/description', value: doc.description ?? '', disabled, placeholder: session.isPicture ? names.pictureHint : names.descriptionHint, rows: 6, commit: describe })}
      ${provenanceLine(doc.descriptionProvenance)}
    </div>
    <div class="field">
      <span>${names.tags}</span>
      ${lineField({ label: names.tags, key: 'clip/tags', value: (doc.tags ?? []).join(', '), disabled, placeholder: names.tagsHint, commit: tag })}
    </div>
    ${asked ? instructions(session, asked) : nothing}
  </div>`;
}
