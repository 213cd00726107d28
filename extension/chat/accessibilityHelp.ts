import * as vscode from 'vscode';

const scheme = 'videochat-help';

/** Registers the read-only document that says how the chat is used without a pointer or a screen. */
export function registerAccessibilityHelp(): vscode.Disposable {
  return vscode.workspace.registerTextDocumentContentProvider(scheme, { provideTextDocumentContent: helpText });
}

export async function showAccessibilityHelp(): Promise<void> {
  const name = vscode.l10n.t('VideoChat Accessibility Help');
  const document = await vscode.workspace.openTextDocument(vscode.Uri.from({ scheme, path: `/${name}.md` }));
  await vscode.window.showTextDocument(document, { preview: true });
}

function helpText(): string {
  const { t } = vscode.l10n;
  return [
    `# ${t('VideoChat Accessibility Help')}`,
    '',
    t('A chat panel has a player, the conversation and an input for the question. Everything in it can be reached with Tab and Shift+Tab.'),
    '',
    `## ${t('Asking')}`,
    '',
    `- ${t('Enter sends the question, Shift+Enter starts a new line, Escape stops the answer.')}`,
    `- ${t('The command "VideoChat: Focus Question Input" goes to the input, "VideoChat: Focus Last Answer" to the newest answer.')}`,
    `- ${t('A screen reader is told when an answer begins, ends or fails; the text itself is not read while it streams. Each question with its answer is an article with a name.')}`,
    '',
    `## ${t('Player')}`,
    '',
    `- ${t('Space plays and pauses. The arrow keys go back and forth on the bar, comma and period by one frame.')}`,
    `- ${t('[ and ] mark the beginning and the end of a part; the next question is about that part only.')}`,
    `- ${t('"Look through the clip" lists what happens in it, a line for each track: Tab goes to a track, the arrow keys along it; Enter shows an event, Shift+Enter plays it.')}`,
    `- ${t('Times in an answer are links: Enter plays that moment.')}`,
    '',
    `## ${t('Conversations')}`,
    '',
    `- ${t('The view "Conversations" lists them; Enter opens one. Renaming, deleting and searching are in its menus and in the command palette.')}`,
    `- ${t('"VideoChat: Copy Transcript" and "VideoChat: Export Transcript as Markdown…" give a whole conversation as text, with the times of its frames.')}`,
    '',
    t('Motion is reduced where the system asks for that. Colours are those of the theme, also in high contrast.'),
    '',
  ].join('\n');
}
