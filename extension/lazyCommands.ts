import * as vscode from 'vscode';
import type { Disposable } from '../server/common/dispose.js';
import type { Lazy } from '../server/common/lazy.js';
import { showProblem } from './showProblem.js';

/** What runs some commands, by their ids. */
interface Runner<Id extends string> extends Disposable {
  run(id: Id, argument: unknown): Promise<void> | void;
}

/** Commands of a part that is loaded when the first of them is run. A person is told what fails. */
export function lazyCommands<Id extends string>(ids: readonly Id[], part: Lazy<Runner<Id>>, log: vscode.LogOutputChannel): vscode.Disposable {
  const registered = ids.map((id) =>
    vscode.commands.registerCommand(id, async (argument: unknown) => {
      try {
        await (await part.get()).run(id, argument);
      } catch (error) {
        void showProblem(error, log);
      }
    }),
  );
  return vscode.Disposable.from(...registered);
}
