import { expect, it } from 'vitest';
import { ErrorCode, VideoChatError } from '../../../../server/protocol/index.js';
import { ChatPage } from '../../../fakes/chatPage.js';

it('a panel in a workspace that is not trusted says so before it is asked, and goes on once it is trusted', async () => {
  const page = new ChatPage();
  try {
    page.server.refusal = new VideoChatError(ErrorCode.NotTrusted, 'Not trusted.', { hint: 'Trust it.' });
    page.controller.ready({ videoCodecs: [], audioCodecs: [], containers: [] });
    const why = { state: 'failed', problem: { message: 'Not trusted.', hint: 'Trust it.', actions: ['manageTrust'] } };
    await page.until(() => page.state.server.state === 'failed');
    expect(page.state.server).toEqual(why);
    expect(page.said('server').at(-1)).toEqual({ type: 'server', server: why });
    page.server.refusal = undefined;
    await page.controller.trusted();
    expect(page.state).toMatchObject({ server: { state: 'ready' }, model: { id: 'tiny' } });
    expect(page.said('server').at(-1)).toEqual({ type: 'server', server: { state: 'ready' } });
  } finally {
    await page.dispose();
  }
});
