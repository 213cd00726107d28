import { describe, expect, it } from 'vitest';
import { hideFolders, writeDiagnostics } from '../../../extension/status/writeDiagnostics.js';

describe('diagnostics', () => {
  it('tell versions, settings and the log, and no folder of the person', () => {
    const text = writeDiagnostics({
      about: { VideoChat: '1.2.3' },
      serverState: 'failed',
      status: undefined,
      settings: { 'videochat.cacheFolder': '/home/ann/cache' },
      log: ['[info] Opened /home/ann/work/clips/a.mp4', 'a fence: ```'],
      hidden: { '/home/ann': '~', '/home/ann/work': '<workspace 1>' },
    });
    expect(text).toContain('- VideoChat: 1.2.3\n- server: failed');
    expect(text).toContain('"videochat.cacheFolder": "~/cache"');
    expect(text).toContain('Opened <workspace 1>/clips/a.mp4');
    expect(text).not.toContain('ann');
    expect(text).toContain('````text\n');
  });

  it.each([
    ['C:\\Users\\Ann\\x and c:/users/ann/y', '~\\x and ~/y'],
    [JSON.stringify('C:\\Users\\Ann\\x'), '"~\\\\x"'],
    ['file:///C:/Users/Ann/x', 'file:///~/x'],
    ['C:\\Users\\Annabel', 'C:\\Users\\Annabel'],
  ])('hide Windows folders in %s', (text, hidden) => expect(hideFolders(text, { 'C:\\Users\\Ann': '~' })).toBe(hidden));

  it('do not hide everything for a home folder that is the root', () => {
    expect(hideFolders('/a/b', { '/': '~' })).toBe('/a/b');
  });
});
