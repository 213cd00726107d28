import type { PanelState } from '../../../server/protocol/panel.js';
import { eventsText } from '../player/timelineText.js';
import { format, strings } from '../strings.js';
import type { PageState } from './pageState.js';

/** What to tell a screen reader of a change, in one sentence; nothing of the stream itself. */
export function announcement(now: PageState, before: PageState): string | undefined {
  const [panel, old] = [now.panel, before.panel];
  if (!panel || !old || panel.conversationId !== old.conversationId) {
    return undefined;
  }
  const texts = strings();
  const turn = panel.turns.at(-1);
  const was = turn && old.turns.find((item) => item.turnId === turn.turnId);
  if (turn && turn.state !== was?.state) {
    const wasOpen = !was || was.state === 'waiting' || was.state === 'streaming';
    switch (turn.state) {
      case 'waiting':
        return texts.announceStarted;
      case 'streaming':
        break;
      case 'complete':
        return wasOpen ? texts.announceFinished : undefined;
      case 'stopped':
        return texts.announceStopped;
      case 'interrupted':
        return texts.announceInterrupted;
      case 'failed':
        return format(texts.announceFailed, turn.problem?.message ?? '').trim();
    }
  }
  if (panel.server.state !== old.server.state) {
    switch (panel.server.state) {
      case 'restarting':
        return format(texts.serverRestarting, panel.server.attempt);
      case 'failed':
        return `${texts.serverFailed} ${panel.server.problem.message}`;
      case 'ready':
        return old.server.state === 'restarting' ? texts.serverReady : undefined;
      case 'stopped':
      case 'starting':
        break;
    }
  }
  return announceTimelines(panel, old);
}

function announceTimelines({ timelines = [] }: PanelState, old: PanelState): string | undefined {
  const texts = strings();
  const ended = timelines.find(({ clipId, timeline }) => {
    const was = old.timelines?.find((other) => other.clipId === clipId)?.timeline.state;
    return was === 'creating' && timeline.state !== 'creating';
  })?.timeline;
  switch (ended?.state) {
    case 'ready':
      return format(texts.announceTimeline, eventsText(ended));
    case 'stopped':
      return texts.lookingStopped;
    case 'failed':
      return ended.problem?.message;
    default:
      return undefined;
  }
}
