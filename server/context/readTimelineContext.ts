/** One event's line, or one thing of a list in the general description. */
export interface ToldThing {
  /** Empty where it has none. */
  name: string;
  /** `from 2 to 9 seconds and at 12.5 seconds` */
  times: string;
}

/** `Second 4 : text 1 "EXIT 12" from 4 to 6 seconds.` */
export interface ToldLine extends ToldThing {
  kind: string;
  /** All but the second it begins with, and how many there are. */
  told: string;
}

export interface ToldList {
  sentence: string;
  things: (ToldThing & { count: string })[];
}

export const listTitles = ['Objects', 'Actions', 'Faces', 'Picture'] as const;

/** What a textual context tells, taken apart again. */
export interface TimelineFacts {
  tags: string[];
  captions: { from: string; to?: string; text: string }[];
  lines: ToldLine[];
  /** In the order of {@link listTitles}. */
  lists: Partial<Record<(typeof listTitles)[number], ToldList>>;
  /** `The clip lasts 12 seconds.` */
  length?: string;
  /** `It has 2 shots.` */
  shots?: string;
}

const times = String.raw`(?:from [\d.]+ to [\d.]+ seconds|at [\d.]+ seconds)`;
const eventLine = new RegExp(
  String.raw`^Second [\d.]+ : (?<told>(?<kind>object|action|face|picture|shot|text|speech)(?: \d+(?= (?:"|from|at)))?(?: (?<name>.*?))? (?<times>${times}))(?:, \d+ at once)?\.$`,
  'u',
);
const captionLine = /^Second (?<from>[\d.]+)(?:-(?<to>[\d.]+))?: ?(?<text>.*)$/u;
const listThing = new RegExp(String.raw`(?:(?<name>[^;]*?) )?(?<times>${times}(?: and ${times})*(?: and \d+ more times)?)(?:, at most (?<count>\d+) at once)?(?=; |\.$|$)`, 'uy');

/** Reads back what `buildTimelineContext` wrote. What is written otherwise is passed over. */
export function readTimelineContext(context: string): TimelineFacts {
  const facts: TimelineFacts = { tags: [], captions: [], lines: [], lists: {} };
  const rows = context.split('\n');
  const description = rows.pop() ?? '';
  rows.forEach((row, index) => {
    const line = eventLine.exec(row)?.groups;
    const caption = line ? undefined : captionLine.exec(row)?.groups;
    if (line) {
      facts.lines.push({ kind: line['kind'] ?? '', told: line['told'] ?? '', name: line['name'] ?? '', times: line['times'] ?? '' });
    } else if (caption) {
      const { from = '', to, text = '' } = caption;
      facts.captions.push({ from, text, ...(to === undefined ? {} : { to }) });
    } else if (index === 0) {
      facts.tags.push(...row.split(' | '));
    }
  });
  return { ...facts, ...readDescription(description) };
}

function readDescription(description: string): Pick<TimelineFacts, 'length' | 'shots' | 'lists'> {
  const length = /^(?:The clip lasts|This part lasts) .*? seconds\.|^It is a single picture\./u.exec(description)?.[0];
  const shots = /It has \d+ shots?\./u.exec(description)?.[0];
  const lists: TimelineFacts['lists'] = {};
  for (const title of listTitles) {
    const end = String.raw`\.(?= (?:Actions|Faces|Picture): | Text can be read\.| Somebody speaks\.|$)`;
    const sentence = new RegExp(String.raw`(?:^|(?<=\. ))${title}: .*?${end}`, 'u').exec(description)?.[0];
    if (sentence !== undefined) {
      lists[title] = { sentence, things: thingsIn(sentence.slice(title.length + 2)) };
    }
  }
  return { lists, ...(length === undefined ? {} : { length }), ...(shots === undefined ? {} : { shots }) };
}

function thingsIn(list: string): ToldList['things'] {
  const things: ToldList['things'] = [];
  listThing.lastIndex = 0;
  for (let found = listThing.exec(list); found; found = listThing.exec(list)) {
    const { name = '', times: when = '', count = '1' } = found.groups ?? {};
    things.push({ name, times: when, count });
    listThing.lastIndex += '; '.length;
  }
  return things;
}
