import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { globOf, imageEndings, looksLikeVideo, looksReadable, videoEndings } from '../../../extension/files/videoFiles.js';
import { extensionManifest } from '../../fixtures/extensionManifest.js';

const { contributes } = extensionManifest;
const commands = contributes.commands.map(({ command }) => command);
const endingsIn = (when: string): string[] => {
  const [, source = '', flags] = /resourceExtname =~ \/(.+?)\/(i?)(?: |$)/.exec(when) ?? [];
  const pattern = new RegExp(source, flags);
  const known = [...videoEndings, ...imageEndings, 'ts', 'mts', 'txt', 'mp3', 'json', ''];
  return known.filter((ending) => pattern.test(`.${ending}`) && pattern.test(`.${ending.toUpperCase()}`));
};

describe('the manifest of the extension', () => {
  it('names commands in one category, with an icon', () => {
    expect(contributes.commands.filter(({ category, icon }) => category !== 'VideoChat' || !/^\$\([a-z-]+\)$/.test(icon ?? ''))).toEqual([]);
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
    expect(looksReadable('/a/CLIP.MP4') && looksReadable('b.jpeg') && !looksReadable('c.ts') && !looksReadable('mp4')).toBe(true);
    expect(looksLikeVideo('a.Mkv') && !looksLikeVideo('a.png')).toBe(true);
    expect(globOf(['mp4', '3gp'])).toBe('**/*.{[mM][pP]4,3[gG][pP]}');
  });

  it('takes no key from other editors', () => {
    expect(contributes.keybindings.filter(({ when }) => !when?.includes('videochat.chatPanelActive'))).toEqual([]);
  });

  it('keeps commands that need an argument out of the palette', () => {
    const hidden = contributes.menus['commandPalette']?.filter(({ when }) => when === 'false').map(({ command }) => command);
    expect(hidden).toEqual(expect.arrayContaining(['videochat.openConversation', 'videochat.renameConversation', 'videochat.deleteConversation']));
  });

  it('is activated by nothing but a link or a panel that was open', () => {
    expect(extensionManifest.activationEvents).toEqual(['onUri', 'onWebviewPanel:videochat.chat']);
  });

  it('runs beside the videos, in trusted workspaces, from a file that the build makes', () => {
    expect(extensionManifest).toMatchObject({ extensionKind: ['workspace'], main: './dist/extension.cjs' });
    expect(extensionManifest.capabilities).toMatchObject({ untrustedWorkspaces: { supported: 'limited' }, virtualWorkspaces: { supported: 'limited' } });
    expect(existsSync(fileURLToPath(new URL(`../../../${extensionManifest.icon}`, import.meta.url)))).toBe(true);
  });
});
