import type * as vscode from 'vscode';

/** A row of the tree of models. A node is the same object for as long as what it stands for is there. */
export interface ModelNode {
  /** Unique in the tree. */
  readonly id: string;
  readonly parent?: ModelNode;
  /** As it looks now; the view gives it its id. */
  item(): vscode.TreeItem;
  children?(): readonly ModelNode[];
}

/** A part of the tree with a heading. It is left out while it has no children. */
export interface ModelGroup extends ModelNode {
  children(): readonly ModelNode[];
  /** Asks the server for what it shows, where it does not share what others have asked for. @throws VideoChatError */
  load?(): Promise<void>;
}

/** The tree in the side bar, which is there before this is loaded. */
export interface ModelTree {
  view: vscode.TreeView<ModelNode>;
  /** A row looks different; for nothing: rows came, went or moved. */
  changed: vscode.EventEmitter<ModelNode | undefined>;
}
