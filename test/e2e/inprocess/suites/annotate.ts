import assert from 'node:assert/strict';
import { chmod, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { after, afterEach, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { contributions, eventually, sampleUri } from '../extensionUnderTest.js';

interface Item {
  id: string;
  start: number;
  end: number;
  label?: string;
  caption?: string;
}
interface Document {
  media: { path: string; sha256?: string; duration?: number; frameCount?: number; timeBase?: string };
  segments: Item[];
}

const viewType = 'videochat.annotate';
const header = (more: object = {}): string => JSON.stringify({ format: 'videochat-annotations', version: 1, media: { path: 'sample.mp4', duration: 4 }, segments: [], ...more }, undefined, 2);
const parse = (document: vscode.TextDocument): Document => JSON.parse(document.getText()) as Document;
const onDisk = async (uri: vscode.Uri): Promise<Document> => JSON.parse(await readFile(uri.fsPath, 'utf8')) as Document;
const annotators = (): vscode.Tab[] =>
  vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs).filter(({ input }) => input instanceof vscode.TabInputCustom && input.viewType === viewType);
const closeAll = (): Thenable<unknown> => vscode.commands.executeCommand('workbench.action.closeAllEditors');
const command = (name: string, ...args: unknown[]): Thenable<unknown> => vscode.commands.executeCommand(`videochat.annotate.${name}`, ...args);
const add = (id: string, start: number, more: Partial<Item> = {}): object => ({ op: 'add', list: 'segments', item: { id, start, end: start + 0.5, ...more } });
const codes = (uri: vscode.Uri): unknown[] => vscode.languages.getDiagnostics(uri).filter(({ source }) => source === 'videochat').map(({ code }) => code);

async function make(name: string, text: string): Promise<vscode.Uri> {
  const uri = sampleUri(name);
  await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
  return uri;
}

async function open(uri: vscode.Uri, column?: vscode.ViewColumn): Promise<vscode.TextDocument> {
  const before = annotators().length;
  await vscode.commands.executeCommand('vscode.openWith', uri, viewType, column);
  await eventually(() => annotators().length > before, 'an annotator');
  return vscode.workspace.openTextDocument(uri);
}

export function annotateSuite(): void {
  describe('the annotator', () => {
    const autoSave = (value: string | undefined): Thenable<void> => vscode.workspace.getConfiguration('files').update('autoSave', value, vscode.ConfigurationTarget.Global);
    // On the web it is on; what is saved and what is not is looked at here.
    before(async () => {
      await autoSave('off');
      await make('videochat.dataset.json', JSON.stringify({ format: 'videochat-dataset', version: 1, labels: [{ name: 'opens' }] }, undefined, 2));
    });
    // What a test that failed has left does not stand in the way of the next.
    afterEach(async () => {
      for (let tabs = annotators().length; tabs > 0; tabs--) {
        await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
      }
    });
    after(() => autoSave(undefined));

    it('is how an annotation document opens, not a manifest, and a difference is one of text', async () => {
      const uri = await make('opens.mp4.videochat.json', header());
      await vscode.commands.executeCommand('vscode.open', uri);
      await eventually(() => annotators().length === 1, 'an annotator');
      await closeAll();
      const manifest = sampleUri('videochat.dataset.json');
      await vscode.commands.executeCommand('vscode.open', manifest);
      await eventually(() => vscode.window.activeTextEditor?.document.uri.path === manifest.path, 'the manifest as text');
      await closeAll();
      await vscode.commands.executeCommand('vscode.diff', uri, sampleUri('opens.mp4.videochat.json').with({ scheme: 'file', query: 'old' }), 'difference');
      await eventually(() => vscode.window.tabGroups.activeTabGroup.activeTab, 'a difference');
      const { input } = vscode.window.tabGroups.activeTabGroup.activeTab ?? {};
      assert.ok(input instanceof vscode.TabInputTextDiff, `a difference opened as ${String((input as object | undefined)?.constructor.name)}`);
      await closeAll();
    });

    it('makes edits one step of undo each, which undo and redo while its page is in front', async () => {
      const uri = await make('undo.mp4.videochat.json', header());
      const document = await open(uri);
      const texts = [document.getText()];
      for (let i = 0; i < 20; i++) {
        assert.equal(await command('applyEdits', uri, [add(`s${i}`, i / 10, { caption: `${i}` })]), true);
        texts.push(document.getText());
      }
      assert.equal(parse(document).segments.length, 20);
      assert.equal(document.isDirty, true);
      for (let i = 19; i >= 0; i--) {
        await vscode.commands.executeCommand('undo');
        await eventually(() => document.getText() === texts[i], `step ${i} of undo`, 10_000);
      }
      assert.equal(document.isDirty, false);
      await vscode.commands.executeCommand('redo');
      await eventually(() => document.getText() === texts[1], 'redo', 10_000);
      await document.save();
      assert.deepEqual((await onDisk(uri)).segments.map(({ id }) => id), ['s0']);
      await closeAll();
    });

    it('saves, and goes back to what is on disk', async () => {
      const uri = await make('save.mp4.videochat.json', header());
      const document = await open(uri);
      await command('applyEdits', uri, [add('kept', 1)]);
      await vscode.commands.executeCommand('workbench.action.files.save');
      await eventually(() => !document.isDirty, 'a saved document');
      const saved = await readFile(uri.fsPath, 'utf8');
      assert.deepEqual((JSON.parse(saved) as Document).segments.map(({ id }) => id), ['kept']);
      await command('applyEdits', uri, [add('gone', 2)]);
      await vscode.commands.executeCommand('workbench.action.files.revert');
      await eventually(() => !document.isDirty && document.getText() === saved, 'the document as it was saved');
      await closeAll();
    });

    it('changes one line of the file for one segment, and keeps the ends of its lines', async () => {
      const segments = Array.from({ length: 5 }, (_, i) => ({ id: `s${i}`, start: i / 2, end: i / 2 + 0.5, caption: `${i}` }));
      const uri = await make('lines.mp4.videochat.json', header());
      const document = await open(uri);
      await command('applyEdits', uri, segments.map((item) => ({ op: 'add', list: 'segments', item })));
      await document.save();
      await closeAll();
      const crlf = (await readFile(uri.fsPath, 'utf8')).replaceAll('\n', '\r\n');
      await writeFile(uri.fsPath, crlf);
      const again = await open(uri);
      await eventually(() => again.eol === vscode.EndOfLine.CRLF, 'the other ends of lines');
      await command('applyEdits', uri, [{ op: 'patch', list: 'segments', id: 's3', set: { caption: 'A door opens.' } }]);
      await again.save();
      const after = await readFile(uri.fsPath, 'utf8');
      assert.equal(after.split('\r\n').join('').includes('\n'), false);
      const before = crlf.split('\r\n');
      assert.deepEqual(after.split('\r\n').filter((line, i) => line !== before[i]).map((line) => line.includes('A door opens.')), [true]);
      await closeAll();
    });

    it('keeps several editors of one document, and a text editor, in step', async () => {
      const uri = await make('step.mp4.videochat.json', header());
      const document = await open(uri);
      await open(uri, vscode.ViewColumn.Beside);
      const text = await vscode.window.showTextDocument(document, vscode.ViewColumn.Beside);
      assert.equal(annotators().length, 2);
      await command('applyEdits', uri, [add('a', 1)]);
      assert.match(text.document.getText(), /"id": "a"/);
      await text.edit((edit) => edit.replace(new vscode.Range(0, 0, document.lineCount, 0), document.getText().replace('"id": "a"', '"id": "typed"')));
      // An edit of what is gone is refused; nothing else happens.
      const typed = document.getText();
      void command('applyEdits', uri, [{ op: 'remove', list: 'segments', id: 'a' }]);
      assert.equal(await command('applyEdits', uri, [add('b', 2)]), true);
      assert.deepEqual(parse(document).segments.map(({ id }) => id), ['typed', 'b']);
      assert.notEqual(document.getText(), typed);
      await vscode.commands.executeCommand('workbench.action.files.revert');
      await closeAll();
    });

    it('follows a file that changes on disk, and loses nothing when it changes while there are edits', async () => {
      const uri = await make('outside.mp4.videochat.json', header());
      const document = await open(uri);
      await writeFile(uri.fsPath, header({ description: 'from outside' }));
      await eventually(() => document.getText().includes('from outside') && !document.isDirty, 'the change on disk');
      await command('applyEdits', uri, [add('mine', 1)]);
      // As a batch or an import of another window does it: whole, by renaming.
      await writeFile(`${uri.fsPath}.tmp`, header({ description: 'from outside again', tags: ['theirs'] }));
      await rename(`${uri.fsPath}.tmp`, uri.fsPath);
      await new Promise((resolve) => setTimeout(resolve, 2000));
      // The editor keeps what was not saved, and the disk what was: VS Code asks before one takes the other's place.
      assert.equal(document.isDirty, true);
      assert.deepEqual(parse(document).segments.map(({ id }) => id), ['mine']);
      assert.deepEqual(await onDisk(uri), JSON.parse(header({ description: 'from outside again', tags: ['theirs'] })));
      assert.equal(await command('applyEdits', uri, [add('more', 2)]), true);
      await Promise.race([document.save(), new Promise((resolve) => setTimeout(resolve, 3000))]);
      assert.match(await readFile(uri.fsPath, 'utf8'), /from outside again/);
      assert.deepEqual(parse(document).segments.map(({ id }) => id), ['mine', 'more']);
      await vscode.commands.executeCommand('workbench.action.files.revert');
      await eventually(() => document.getText().includes('theirs') && !document.isDirty, 'what is on disk');
      await closeAll();
    });

    it('shows problems as a person types, in either editor, and mends them', async () => {
      const uri = await make('problems.mp4.videochat.json', header());
      const document = await open(uri);
      await command('applyEdits', uri, [{ op: 'add', list: 'segments', item: { id: 'a', start: 2, end: 1, label: 'jumps', caption: ' ' } }]);
      await eventually(() => codes(uri).length === 3, 'problems');
      assert.deepEqual([...codes(uri)].sort(), ['emptyCaption', 'endBeforeStart', 'unknownLabel']);
      const fix = async (code: string, title: RegExp): Promise<void> => {
        const diagnostic = vscode.languages.getDiagnostics(uri).find((each) => each.code === code);
        assert.ok(diagnostic, code);
        const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>('vscode.executeCodeActionProvider', uri, diagnostic.range, vscode.CodeActionKind.QuickFix.value);
        const chosen = actions.find((action) => title.test(action.title));
        assert.ok(chosen?.command, `${String(title)} among ${actions.map((each) => each.title).join(', ')}`);
        await vscode.commands.executeCommand(chosen.command.command, ...((chosen.command.arguments ?? []) as unknown[]));
        await eventually(() => !codes(uri).includes(code), `${code} to be mended`);
      };
      await fix('endBeforeStart', /Swap/);
      await fix('emptyCaption', /Remove the empty caption/);
      await fix('unknownLabel', /Add the label "jumps" to the dataset/);
      const manifest = JSON.parse(await readFile(sampleUri('videochat.dataset.json').fsPath, 'utf8')) as { labels: object[] };
      assert.deepEqual(manifest.labels, [{ name: 'opens' }, { name: 'jumps' }]);
      assert.deepEqual(parse(document).segments, [{ id: 'a', start: 1, end: 2, label: 'jumps' }]);
      await vscode.commands.executeCommand('workbench.action.files.revert');
      await closeAll();
      await eventually(() => codes(uri).length === 0, 'no problems of a closed document', 20_000);
    });

    it('makes a document for a clip that knows which clip it is, and leaves none where nothing was annotated', async () => {
      const uri = sampleUri('second.mp4.videochat.json');
      await vscode.commands.executeCommand('videochat.annotateVideo', sampleUri('second.mp4'), [sampleUri('second.mp4')]);
      await eventually(() => annotators().length === 1, 'an annotator');
      const made = await onDisk(uri);
      assert.equal(made.media.path, 'second.mp4');
      assert.match(made.media.sha256 ?? '', /^[0-9a-f]{64}$/);
      assert.ok((made.media.frameCount ?? 0) > 1 && (made.media.duration ?? 0) > 0 && /^\d+\/\d+$/.test(made.media.timeBase ?? ''));
      await closeAll();
      const end = Date.now() + 20_000;
      while (await stat(uri.fsPath).then(() => true, () => false)) {
        assert.ok(Date.now() < end, 'the document that nobody used is still there');
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      await vscode.commands.executeCommand('videochat.annotateVideo', sampleUri('second.mp4'));
      await eventually(() => annotators().length === 1, 'an annotator again');
      await command('applyEdits', uri, [add('a', 0)]);
      await (await vscode.workspace.openTextDocument(uri)).save();
      await closeAll();
      assert.deepEqual((await onDisk(uri)).segments.map(({ id }) => id), ['a']);
    });

    it('is steered by commands: the page itself adds a segment, and a label by its digit', async () => {
      const uri = await make('steered.mp4.videochat.json', header());
      const document = await open(uri);
      // The page listens after a moment; what is asked before that is kept for it.
      await command('addSegment');
      const [segment] = await eventually(() => parse(document).segments.length > 0 && parse(document).segments, 'a segment', 30_000);
      assert.equal(segment?.start, 0);
      await command('label1');
      await eventually(() => parse(document).segments[0]?.label === 'opens', 'a label');
      await command('reveal', uri, { list: 'segments', itemId: segment?.id });
      await command('deleteItem');
      await eventually(() => parse(document).segments.length === 0, 'no segment');
      await vscode.commands.executeCommand('undo');
      await eventually(() => parse(document).segments[0]?.label === 'opens', 'the segment again');
      await vscode.commands.executeCommand('workbench.action.files.revert');
      await closeAll();
    });

    it('leaves a write-protected document alone, until it may be written to', async () => {
      const uri = await make('protected.mp4.videochat.json', header());
      await chmod(uri.fsPath, 0o444);
      const document = await open(uri);
      assert.equal(await command('applyEdits', uri, [add('a', 1)]), false);
      await command('addSegment');
      await new Promise((resolve) => setTimeout(resolve, 2000));
      assert.equal(document.isDirty, false);
      assert.equal(await readFile(uri.fsPath, 'utf8'), header());
      await chmod(uri.fsPath, 0o644);
      assert.equal(await command('applyEdits', uri, [add('a', 1)]), true);
      assert.equal(await document.save(), true);
      assert.deepEqual((await onDisk(uri)).segments.map(({ id }) => id), ['a']);
    });

    it('opens what it cannot read, and what it may not write, without changing it', async () => {
      for (const [name, text] of [['broken', '{ "format": '], ['newer', header({ version: 99 })], ['other', '[1, 2]']] as const) {
        const uri = await make(`${name}.mp4.videochat.json`, text);
        await open(uri);
        assert.equal(await Promise.race([command('applyEdits', uri, [add('a', 1)]), new Promise((resolve) => setTimeout(() => resolve(false), 5000))]), false);
        await closeAll();
        assert.equal(await readFile(uri.fsPath, 'utf8'), text);
      }
    });

    it('answers hooks that are called wrongly', async () => {
      for (const args of [[], [7], ['relative'], [sampleUri('none.json'), 'x'], [sampleUri('opens.mp4.videochat.json'), [{ op: 'explode' }]]]) {
        assert.notEqual(await command('applyEdits', ...args), true);
        await command('addLabel', ...args.slice(0, 1));
      }
      for (const { command: id } of contributions().commands.filter((each) => /annotate\.(?!rebindKeys)/.test(each.command))) {
        await vscode.commands.executeCommand(id);
      }
      await closeAll();
    });
  });
}
