import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { globOf, imageEndings, looksLikeVideo, looksReadable, videoEndings } from '../../../extension/files/videoFiles.js';
import { annotateCommands, annotationSuffix, datasetFileName } from '../../../server/protocol/index.js';
import { extensionManifest } from '../../fixtures/extensionManifest.js';

const { contributes } = extensionManifest;
const commands = contributes.commands.map(({ command }) => command);
const inMenus = Object.entries(contributes.menus).flatMap(([menu, items]) => (menu === 'commandPalette' ? [] : items.map(({ command }) => command)));
const endingsIn = (when: string): string[] => {
  const [, source = '', flags] = /resourceExtname =~ \/(.+?)\/(i?)(?: |$)/.exec(when) ?? [];
  const pattern = new RegExp(source, flags);
  const known = [...videoEndings, ...imageEndings, 'ts', 'mts', 'txt', 'mp3', 'json', ''];
  return known.filter((ending) => pattern.test(`.${ending}`) && pattern.test(`.${ending.toUpperCase()}`));
};

describe('the manifest of the extension', () => {
  it('names commands in one category, with an icon', () => {
    // The annotator's many commands are keys, and stand in no menu.
    const needsIcon = (command: string): boolean => !command.startsWith('videochat.annotate.') || inMenus.includes(command);
    expect(contributes.commands.filter(({ command, category, icon }) => category !== 'VideoChat' || !/^(\$\([a-z-]+\))?$/.test(icon ?? '') || (needsIcon(command) && !icon))).toEqual([]);
    expect(new Set(commands).size).toBe(commands.length);
  });

  it('has only menu items and keys for commands that exist', () => {
    const used = [...Object.values(contributes.menus).flat(), ...contributes.keybindings].map(({ command }) => command);
    expect(used.filter((command) => !commands.includes(command))).toEqual([]);
  });

  it('has menus on exactly the files the server reads, in any case, and not on TypeScript', () => {
    const whenOf = (command: string): string => contributes.menus['explorer/context']?.find((item) => item.command === command)?.when ?? '';
    expect(endingsIn(whenOf('videochat.chatWithVideo'))).toEqual([...videoEndings, ...imageEndings]);
    expect(endingsIn(whenOf('videochat.summarizeVideo'))).toEqual(videoEndings);
    expect(endingsIn(whenOf('videochat.annotateVideo'))).toEqual([...videoEndings, ...imageEndings]);
    expect(looksReadable('/a/CLIP.MP4') && looksReadable('b.jpeg') && !looksReadable('c.ts') && !looksReadable('mp4')).toBe(true);
    expect(looksLikeVideo('a.Mkv') && !looksLikeVideo('a.png')).toBe(true);
    expect(globOf(['mp4', '3gp'])).toBe('**/*.{[mM][pP]4,3[gG][pP]}');
  });

  it('takes no key from other editors', () => {
    const isAnnotators = (command: string): boolean => command.startsWith('videochat.annotate.');
    expect(contributes.keybindings.filter(({ command, when }) => !isAnnotators(command) && !when?.includes('videochat.chatPanelActive'))).toEqual([]);
  });

  it('has a command for everything the annotator can be asked, with a key that fires only on its page and never while a person types', () => {
    expect(commands).toEqual(expect.arrayContaining(annotateCommands.map((name) => `videochat.annotate.${name}`)));
    const keys = contributes.keybindings.filter(({ command }) => command.startsWith('videochat.annotate.'));
    expect(annotateCommands.filter((name) => !keys.some(({ command }) => command === `videochat.annotate.${name}`))).toEqual([]);
    for (const { command, args, when = '' } of keys) {
      expect(when).toContain('activeCustomEditorId =~ /^videochat\\.annotate(Json)?$/ && !inputFocus && !sideBarFocus && !panelFocus && !auxiliaryBarFocus');
      // Undo takes what was typed back, too.
      if (!/\.(undo|redo)$/.test(command)) {
        expect(when).toMatch(/videochat\.annotate\.focus (!= 'text'|== 'timeline'|=~ \/\^\(timeline\|list\)\$\/)$/);
        // The editor may learn of the focus late: such a command is told that it was a key.
        expect(args).toBe('key');
      }
    }
    // Buttons keep Enter and Space for themselves.
    expect(keys.filter(({ key, when }) => /(^|\+)(enter|space)$/.test(key) && !when?.endsWith('(timeline|list)$/'))).toEqual([]);
    // Where the same key stands for two commands, their places do not overlap.
    const taken = keys.map(({ key }) => key);
    expect(taken.filter((key, i) => taken.indexOf(key) !== i)).toEqual([]);
  });

  it('opens annotation documents in the annotator, other JSON only when asked, and manifests as text', () => {
    const opens = (name: string): string[] => contributes.customEditors.filter(({ selector }) => selector.some(({ filenamePattern }) => name.endsWith(filenamePattern.replace(/^\*/, '')))).map(({ priority }) => priority);
    expect(opens('clip.mp4.videochat.json')).toEqual(['default', 'option']);
    expect(opens('videochat.dataset.json')).toEqual(['option']);
    expect(opens('clip.mp4')).toEqual([]);
  });

  it('checks both kinds of files by the schemas that are published', () => {
    for (const { url } of contributes.jsonValidation) {
      expect(existsSync(fileURLToPath(new URL(`../../../${url}`, import.meta.url))), url).toBe(true);
    }
    expect(contributes.jsonValidation.flatMap(({ fileMatch }) => fileMatch)).toEqual([`*${annotationSuffix}`, datasetFileName]);
  });

  it('keeps commands that need an argument out of the palette', () => {
    const hidden = contributes.menus['commandPalette']?.filter(({ when }) => when === 'false').map(({ command }) => command);
    expect(hidden).toEqual(expect.arrayContaining(['videochat.openConversation', 'videochat.renameConversation', 'videochat.deleteConversation']));
  });

  it('is activated once the editor has started, without which @video would have no model; before that by a link or a panel that was open', () => {
    expect(extensionManifest.activationEvents).toEqual(['onStartupFinished', 'onUri', 'onWebviewPanel:videochat.chat', 'workspaceContains:**/*.videochat.json', 'workspaceContains:**/videochat.dataset.json']);
  });

  it('runs beside the videos, in trusted workspaces, from a file that the build makes', () => {
    expect(extensionManifest).toMatchObject({ extensionKind: ['workspace'], main: './dist/extension.cjs' });
    expect(extensionManifest.capabilities).toMatchObject({ untrustedWorkspaces: { supported: 'limited' }, virtualWorkspaces: { supported: 'limited' } });
    expect(existsSync(fileURLToPath(new URL(`../../../${extensionManifest.icon}`, import.meta.url)))).toBe(true);
  });
});
