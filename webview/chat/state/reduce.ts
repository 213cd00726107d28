import type { HostMessage, PanelClip, PanelState, PanelTurn } from '../../../server/protocol/panel.js';
import type { PageState } from './pageState.js';

type Message = Exclude<HostMessage, { type: 'reply' | 'focus' | 'seek' }>;
type Delta = Extract<HostMessage, { type: 'delta' }>;

/** The page after a message. Pure: what did not change keeps its identity, so that it is not drawn again. */
export function reduce(page: PageState, message: Message): PageState {
  switch (message.type) {
    case 'state':
      return {
        panel: message.state,
        stage: message.state.busy ? page.stage : undefined,
        // What became of a copy while nobody listened is in the state.
        mediaProgress: message.state.clips.filter(isSettled).reduce((all, { clipId }) => without(all, clipId), page.mediaProgress),
        nextSequence: sequencesOf(message.state.turns),
        stale: false,
      };
    case 'server':
      return withPanel(page, () => ({ server: message.server }));
    case 'clip':
      return {
        ...withPanel(page, (panel) => ({ clips: replaced(panel.clips, message.clip, (clip) => clip.clipId) })),
        // Media in place: its proxy is made.
        mediaProgress: isSettled(message.clip) ? without(page.mediaProgress, message.clip.clipId) : page.mediaProgress,
      };
    case 'mediaProgress':
      return { ...page, mediaProgress: new Map(page.mediaProgress).set(message.clipId, clamp(message.fraction)) };
    case 'timeline': {
      const { clipId, timeline } = message;
      return withPanel(page, ({ timelines = [] }) => {
        const others = timelines.filter((other) => other.clipId !== clipId);
        return { timelines: timeline ? [...others, { clipId, timeline }] : others };
      });
    }
    case 'stage': {
      const { turnId, stage, done, total } = message;
      return { ...page, stage: { turnId, stage, done, total } };
    }
    case 'plan':
      return withTurn(page, message.turnId, () => ({ plan: message.plan, ...(message.plans ? { plans: message.plans } : {}) }));
    case 'delta':
      return applyDeltas(page, [message]);
    case 'turn': {
      const { turn, busy } = message;
      const ended = turn.state !== 'waiting' && turn.state !== 'streaming';
      return {
        ...withPanel(page, (panel) => ({ busy, turns: replaced(panel.turns, turn, (item) => item.turnId) })),
        stage: !busy || (ended && page.stage?.turnId === turn.turnId) ? undefined : page.stage,
        nextSequence: new Map([...page.nextSequence, ...sequencesOf([turn])]),
      };
    }
  }
}

/** Many deltas at once; those of one turn are joined before the turn is copied. */
export function applyDeltas(page: PageState, deltas: readonly Delta[]): PageState {
  if (!page.panel || page.stale || deltas.length === 0) {
    return page;
  }
  const texts = new Map<string, string[]>();
  const nextSequence = new Map(page.nextSequence);
  let stale = false;
  for (const { turnId, sequence, text } of deltas) {
    const expected = nextSequence.get(turnId) ?? sequence;
    if (sequence > expected) {
      stale = true;
      break;
    }
    if (sequence === expected) {
      nextSequence.set(turnId, sequence + 1);
      const parts = texts.get(turnId);
      if (parts) {
        parts.push(text);
      } else {
        texts.set(turnId, [text]);
      }
    }
  }
  let turns = page.panel.turns;
  if (texts.size > 0) {
    const known = new Set<string>();
    turns = turns.map((turn) => {
      const parts = texts.get(turn.turnId);
      if (!parts) {
        return turn;
      }
      known.add(turn.turnId);
      return { ...turn, answer: turn.answer + parts.join(''), state: 'streaming' as const };
    });
    // Text of a turn that was never told of: something is missing.
    stale ||= known.size < texts.size;
  }
  return { ...page, nextSequence, stale, panel: { ...page.panel, turns } };
}

function isSettled({ media, problem, unplayable }: PanelClip): boolean {
  return (media ?? problem ?? unplayable) !== undefined;
}

function sequencesOf(turns: readonly PanelTurn[]): Map<string, number> {
  const open = turns.filter((turn) => turn.state === 'waiting' || turn.state === 'streaming');
  return new Map(open.map((turn) => [turn.turnId, turn.nextSequence ?? 0]));
}

function withPanel(page: PageState, change: (panel: PanelState) => Partial<PanelState>): PageState {
  return page.panel ? { ...page, panel: { ...page.panel, ...change(page.panel) } } : page;
}

function withTurn(page: PageState, turnId: string, change: (turn: PanelTurn) => Partial<PanelTurn>): PageState {
  return withPanel(page, (panel) => ({
    turns: panel.turns.map((turn) => (turn.turnId === turnId ? { ...turn, ...change(turn) } : turn)),
  }));
}

/** The list with the item in the place of the one of the same id, or at the end. */
function replaced<T>(items: readonly T[], item: T, id: (item: T) => string): T[] {
  const index = items.findIndex((other) => id(other) === id(item));
  return index < 0 ? [...items, item] : items.with(index, item);
}

function without<V>(map: ReadonlyMap<string, V>, key: string): ReadonlyMap<string, V> {
  if (!map.has(key)) {
    return map;
  }
  const copy = new Map(map);
  copy.delete(key);
  return copy;
}

function clamp(fraction: number): number {
  return Math.min(1, Math.max(0, fraction));
}
