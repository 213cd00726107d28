import { expect, it } from 'vitest';
import { describeInBrowser } from './support/browserTests.js';
import type { ChatPanel } from './support/chatPanel.js';
import { useEditor } from './support/editor.js';

const themes = [
  ['Dark Modern', 'vscode-dark'],
  ['Dark High Contrast', 'vscode-high-contrast'],
  ['Light High Contrast', 'vscode-high-contrast-light'],
  ['Light Modern', 'vscode-light'],
] as const;

describeInBrowser('the panel in every theme', () => {
  const editor = useEditor('look');
  let panel: ChatPanel;

  it('opens', async () => {
    panel = await editor().chatWith('sample.mp4');
    expect(await panel.ask('Describe the video.')).toMatch(/circle/i);
    await panel.playerReady();
  });

  it.each(themes)('%s: the text stands out from what is behind it', async (theme, bodyClass) => {
    await editor().workbench.runCommand('Preferences: Color Theme');
    await editor().workbench.chooseQuickPick(theme);
    const body = panel.frame.locator('body');
    await expect.poll(() => body.getAttribute('class'), { timeout: 20_000 }).toMatch(new RegExp(`(^| )${bodyClass}( |$)`));
    await editor().workbench.screenshot(theme.replace(/ /g, '-').toLowerCase());
    const [text, background] = await body.evaluate((element) => {
      const style = (globalThis as unknown as { getComputedStyle(of: unknown): { getPropertyValue(name: string): string } }).getComputedStyle(element);
      return ['--vscode-editor-foreground', '--vscode-editor-background'].map((name) => style.getPropertyValue(name));
    });
    expect(contrast(text ?? '', background ?? '')).toBeGreaterThan(4.5);
  });

  it('is one column in a narrow window, with nothing cut off', async () => {
    await editor().workbench.page.setViewportSize({ width: 620, height: 900 });
    await expect.poll(async () => {
      const [video, input] = [await panel.video.boundingBox(), await panel.input.boundingBox()];
      return video !== null && input !== null && video.y + video.height <= input.y;
    }).toBe(true);
    await editor().workbench.screenshot('narrow');
  });
});

/** WCAG's contrast of two colours `#rrggbb`. */
function contrast(one: string, other: string): number {
  const luminance = (colour: string): number => {
    const [red, green, blue] = [1, 3, 5].map((at) => {
      const value = Number.parseInt(colour.trim().slice(at, at + 2), 16) / 255;
      return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    }) as [number, number, number];
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}
