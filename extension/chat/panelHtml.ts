import { randomBytes } from 'node:crypto';

export interface PanelHtmlParts {
  title: string;
  /** BCP 47. */
  language: string;
  /** The editor's own origin for resources of the extension. */
  cspSource: string;
  scriptUri: string;
  styleUri: string;
  /** The page's element; left out: the chat's. */
  element?: 'videochat-app' | 'videochat-annotate';
  /** What the page says, by name. */
  strings: object;
  /** Origins under which media can be reached besides the loopback interface: forwarded ports. */
  mediaOrigins: readonly string[];
}

/** Media come from a server on this machine, whichever port it was given. */
export const loopbackOrigin = 'http://127.0.0.1:*';

/** A page of ours: no rights but its own script and style, and media of this machine. */
export function panelHtml(parts: PanelHtmlParts): string {
  const nonce = randomBytes(16).toString('base64');
  const { cspSource, title, language, scriptUri, styleUri, element = 'videochat-app' } = parts;
  const media = [cspSource, loopbackOrigin, ...parts.mediaOrigins.filter(isOrigin)].join(' ');
  const policy = [
    `default-src 'none'`,
    `script-src 'nonce-${nonce}'`,
    `style-src ${cspSource}`,
    `font-src ${cspSource}`,
    `img-src ${media} blob: data:`,
    `media-src ${media} blob:`,
    `connect-src ${media}`,
    `base-uri 'none'`,
    `form-action 'none'`,
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="${escapeHtml(language)}">
<head>
  <meta charset="UTF-8">
  <meta http-equiv="Content-Security-Policy" content="${escapeHtml(policy)}">
  <meta name="viewport" content="width=device-width, initial-scale=1.0">
  <title>${escapeHtml(title)}</title>
  <link rel="stylesheet" href="${escapeHtml(styleUri)}">
</head>
<body>
  <${element}></${element}>
  <script type="application/json" id="strings" nonce="${nonce}">${scriptJson(parts.strings)}</script>
  <script type="module" nonce="${nonce}" src="${escapeHtml(scriptUri)}"></script>
</body>
</html>
`;
}

/** An address that may stand in the policy: nothing that would add to it. */
function isOrigin(text: string): boolean {
  return /^https?:\/\/[\w.-]+(:\d+)?$/.test(text) || /^https?:\/\/\[[0-9a-f:]+\](:\d+)?$/i.test(text);
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** JSON that cannot end the element it stands in. */
function scriptJson(value: unknown): string {
  return JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
