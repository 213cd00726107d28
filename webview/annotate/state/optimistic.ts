import type { AnnotationDocument } from '../../../server/protocol/annotation.js';
import { type AnnotationEdit, applyAnnotationEdits } from '../../../server/protocol/annotationEdit.js';

/** Edits that were proposed to the host, and of which it is not yet known what became. */
export interface ProposedEdit {
  id: number;
  edits: readonly AnnotationEdit[];
  /** The host has agreed; the change itself is still under way. */
  agreed: boolean;
}

/**
 * The document as the host last said, and what this page has proposed since. What is shown is both together: a change
 * shows at once, and goes again if the host refuses it.
 */
export interface Optimistic {
  revision: number;
  /** Left out: there is none that can be read. */
  document?: AnnotationDocument;
  proposed: readonly ProposedEdit[];
}

export const nothingYet: Optimistic = { revision: -1, proposed: [] };

export function propose(state: Optimistic, id: number, edits: readonly AnnotationEdit[]): Optimistic {
  return { ...state, proposed: [...state.proposed, { id, edits, agreed: false }] };
}

/** The host said the whole document: what it agreed to is in it. */
export function replace(state: Optimistic, revision: number, document: AnnotationDocument | undefined): Optimistic {
  return { revision, document, proposed: state.proposed.filter(({ agreed }) => !agreed) };
}

/** The host said a change: this page's own, or another's. `gap`: something was missed, the whole is needed. */
export function follow(state: Optimistic, revision: number, edits: readonly AnnotationEdit[]): Optimistic | 'gap' {
  const next = state.document && revision === state.revision + 1 ? applyAnnotationEdits(state.document, edits).document : undefined;
  if (!next) {
    return 'gap';
  }
  const text = JSON.stringify(edits);
  const own = state.proposed.findIndex((each) => JSON.stringify(each.edits) === text);
  // Changes and replies come in the order of the proposals: what was agreed to before a foreign change is in the text.
  const proposed = own >= 0 ? state.proposed.filter((_, index) => index !== own) : state.proposed.filter(({ agreed }) => !agreed);
  return { revision, document: next, proposed };
}

/** The host replied to a proposal. */
export function settle(state: Optimistic, id: number, refused: boolean): Optimistic {
  if (!state.proposed.some((each) => each.id === id)) {
    return state;
  }
  return {
    ...state,
    proposed: refused ? state.proposed.filter((each) => each.id !== id) : state.proposed.map((each) => (each.id === id ? { ...each, agreed: true } : each)),
  };
}

/** The document to show. Proposals that no longer fit, or are in the text already, change nothing. */
export function shownDocument({ document, proposed }: Optimistic): AnnotationDocument | undefined {
  return document && proposed.reduce((now, { edits }) => applyAnnotationEdits(now, edits).document ?? now, document);
}
