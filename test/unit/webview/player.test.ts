// @vitest-environment happy-dom
import { afterEach, describe, expect, it } from 'vitest';
import type { MediaSource } from '../../../server/protocol/media.js';
import type { PanelClip } from '../../../server/protocol/panel.js';
import '../../../webview/chat/player/player.js';

const media: MediaSource = { mediaId: 'm', mode: 'file', reason: '', url: 'http://127.0.0.1:1/clip', mimeType: 'video/mp4', bytes: 1 };
const opening: PanelClip = { clipId: 'v1', name: 'a.mp4' };
const open: PanelClip = { ...opening, media };

describe('the player', () => {
  const player = document.createElement('videochat-player');
  afterEach(() => player.remove());

  it('goes to a moment that was asked for while the clip was still being opened', async () => {
    player.clip = opening;
    document.body.append(player);
    await player.updateComplete;
    player.goTo(2);
    player.clip = open;
    await player.updateComplete;
    expect(player.seconds).toBe(2);
    // Once: a new address of the same clip goes on where the player stands.
    player.goTo(3);
    player.clip = { ...open, media: { ...media, url: 'http://127.0.0.1:1/other' } };
    await player.updateComplete;
    expect(player.seconds).toBe(3);
  });

  it('does not go there when another clip is shown instead', async () => {
    player.clip = { ...opening, clipId: 'another' };
    document.body.append(player);
    await player.updateComplete;
    player.goTo(2);
    player.clip = { ...open, clipId: 'a-third', media };
    await player.updateComplete;
    expect(player.seconds).toBe(0);
  });
});
