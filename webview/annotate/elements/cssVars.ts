import { noChange } from 'lit';
import { directive, Directive, type ElementPart, type PartInfo, PartType } from 'lit/directive.js';

class CssVars extends Directive {
  constructor(part: PartInfo) {
    super(part);
    if (part.type !== PartType.ELEMENT) {
      throw new Error('cssVars belongs into the element itself.');
    }
  }

  render(_values: Record<`--${string}`, string>): typeof noChange {
    return noChange;
  }

  override update({ element }: ElementPart, [values]: [Record<`--${string}`, string>]): typeof noChange {
    for (const [name, value] of Object.entries(values)) {
      (element as HTMLElement).style.setProperty(name, value);
    }
    return noChange;
  }
}

/** Sets variables that a style sheet places an element by: the page's policy refuses style attributes. */
export const cssVars = directive(CssVars);
