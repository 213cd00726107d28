import * as vscode from 'vscode';

/** What VS Code's "Startup Performance" says of an extension: its own clock around code that knows nothing of it. */
export async function activationTimes(id: string): Promise<{ load: number; call: number }> {
  await vscode.commands.executeCommand('perfview.show');
  try {
    for (let attempt = 0; attempt < 100; attempt++) {
      const document = vscode.workspace.textDocuments.find(({ uri }) => uri.scheme === 'perf');
      const row = document?.getText().split('\n').find((line) => line.startsWith(`| ${id} `));
      if (row !== undefined) {
        // | Extension | Eager | Load Code | Call Activate | Finish Activate | Event | By |
        const [, , , load, call] = row.split('|').map((cell) => cell.trim());
        return { load: Number(load), call: Number(call) };
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  } finally {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  }
  throw new Error(`VS Code's table of activation times does not name ${id}.`);
}
