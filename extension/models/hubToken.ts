import * as vscode from 'vscode';

const secretKey = 'videochat.hubToken';

/** A person's token of the hub. It is kept in the editor's secret storage, and nowhere else. */
export class HubToken {
  constructor(private readonly secrets: vscode.SecretStorage) {}

  get(): Thenable<string | undefined> {
    return this.secrets.get(secretKey);
  }

  /** Asks for it and keeps it. @returns undefined where the person would rather not */
  async ask(why: string): Promise<string | undefined> {
    const { t } = vscode.l10n;
    const given = await vscode.window.showInputBox({
      title: t('Set Hub Token'),
      prompt: `${why} ${t('It is made in the settings of your account on the hub, with the right to read, and kept in the secret storage of the editor.')}`,
      placeHolder: 'hf_…',
      password: true,
      ignoreFocusOut: true,
      validateInput: (text) => (/^[\x21-\x7e]+$/.test(text.trim()) ? undefined : t('A token holds no spaces.')),
    });
    const token = given?.trim();
    if (token !== undefined) {
      await this.secrets.store(secretKey, token);
    }
    return token;
  }

  async forget(): Promise<void> {
    await this.secrets.delete(secretKey);
  }
}
