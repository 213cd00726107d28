/** Colours of the editor's theme, as a canvas needs them. */
export interface Palette {
  foreground: string;
  quiet: string;
  background: string;
  line: string;
  accent: string;
  focus: string;
  warning: string;
  error: string;
  /** For labels that have no colour of their own. */
  labels: readonly string[];
  font: string;
  /** Surfaces are told apart by borders alone. */
  highContrast: boolean;
}

const labelVariables = ['charts-blue', 'charts-orange', 'charts-green', 'charts-purple', 'charts-yellow', 'charts-red'];

export function readPalette(element: HTMLElement): Palette {
  const style = getComputedStyle(element);
  const read = (...names: string[]): string => names.map((name) => style.getPropertyValue(`--vscode-${name}`).trim()).find((value) => value !== '') ?? style.color;
  const { classList } = document.body;
  return {
    foreground: read('foreground'),
    quiet: read('descriptionForeground', 'foreground'),
    background: read('editor-background'),
    line: read('contrastBorder', 'panel-border', 'widget-border'),
    accent: read('contrastActiveBorder', 'button-background'),
    focus: read('focusBorder'),
    warning: read('editorWarning-foreground', 'charts-yellow'),
    error: read('errorForeground'),
    labels: labelVariables.map((name) => read(name, 'foreground')),
    font: `${style.getPropertyValue('--vscode-font-size').trim() || '13px'} ${style.getPropertyValue('--vscode-font-family').trim() || 'sans-serif'}`,
    highContrast: classList.contains('vscode-high-contrast') || classList.contains('vscode-high-contrast-light') || style.getPropertyValue('--vscode-contrastBorder').trim() !== '',
  };
}

/** A label's own colour, or always the same one of the theme's. */
export function labelColor(label: string | undefined, own: string | undefined, { labels, quiet }: Palette): string {
  if (own && /^#[0-9a-f]{6}$/i.test(own)) {
    return own;
  }
  if (label === undefined) {
    return quiet;
  }
  let hash = 0;
  for (const character of label) {
    hash = (hash * 31 + (character.codePointAt(0) ?? 0)) >>> 0;
  }
  return labels[hash % labels.length] ?? quiet;
}
