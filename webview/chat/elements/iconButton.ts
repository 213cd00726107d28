import { html, nothing, type TemplateResult } from 'lit';
import { ifDefined } from 'lit/directives/if-defined.js';

export interface IconButtonOptions {
  disabled?: boolean;
  /** For buttons that are on or off. */
  pressed?: boolean;
  expanded?: boolean;
  className?: string;
}

/** A toolbar button as the editor has them: an icon, and a name that is also its tooltip. */
export function iconButton(
  icon: string,
  label: string,
  run: (event: Event) => void,
  options: IconButtonOptions = {},
): TemplateResult {
  const state = (flag: boolean | undefined): 'true' | 'false' | undefined => (flag === undefined ? undefined : flag ? 'true' : 'false');
  return html`<button
    type="button"
    class="icon-button ${options.className ?? ''}"
    title=${label}
    aria-label=${label}
    aria-pressed=${ifDefined(state(options.pressed))}
    aria-expanded=${ifDefined(state(options.expanded))}
    ?disabled=${options.disabled ?? false}
    @click=${run}
  >
    ${icon ? html`<i class="codicon codicon-${icon}" aria-hidden="true"></i>` : nothing}
  </button>`;
}
