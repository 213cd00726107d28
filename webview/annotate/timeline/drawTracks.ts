import type { AnnotatedSegment, AnnotatedSpan } from '../../../server/protocol/annotation.js';
import { statusOf } from '../../../server/protocol/annotation.js';
import type { LabelRule } from '../../../server/protocol/dataset.js';
import { labelColor, type Palette } from './palette.js';
import { between, type Rows, sizes, type TrackRow } from './rows.js';
import { secondsAt, type TimeScale, xOf } from './timeScale.js';

export interface TracksPicture {
  rows: Rows;
  scale: TimeScale;
  width: number;
  duration: number;
  palette: Palette;
  labels: ReadonlyMap<string, LabelRule>;
  selected: ReadonlySet<string>;
  /** Segments with problems. */
  wrong: ReadonlySet<string>;
  activeTrack: string;
  /** What a pointer is making or changing. */
  ghost?: AnnotatedSpan & { id?: string; track: string; label?: string };
  marks: { start?: number; end?: number };
  /** When events that go on began. */
  events: ReadonlyMap<string, number>;
  playhead: number;
}

type Context = CanvasRenderingContext2D;

/** Draws the tracks with the segments in view. */
export function drawTracks(context: Context, picture: TracksPicture): void {
  const { rows, scale, width, palette } = picture;
  context.textBaseline = 'middle';
  context.lineWidth = 1;
  for (const row of rows.tracks) {
    if (row.track.id === picture.activeTrack && rows.tracks.length > 1) {
      fill(context, palette.foreground, 0.05, 0, row.top, width, row.height);
    }
    fill(context, palette.line, 1, 0, row.top + row.height - 1, width, 1);
    drawRow(context, picture, row);
  }
  drawMarks(context, picture);
  for (const [label, start] of picture.events) {
    const row = rows.tracks.find(({ track }) => track.id === picture.activeTrack) ?? rows.tracks[0];
    const [left, right] = [xOf(scale, start), xOf(scale, picture.playhead)].sort((a, b) => a - b) as [number, number];
    if (row) {
      const color = labelColor(label || undefined, picture.labels.get(label)?.color, palette);
      fill(context, color, 0.35, left, row.top + sizes.gap / 2, Math.max(2, right - left), sizes.lane - 2);
    }
  }
}

function drawRow(context: Context, picture: TracksPicture, row: TrackRow): void {
  const { scale, width, ghost } = picture;
  /** Where the last segment of a lane ended on the screen: what lies on the same pixel is drawn once. */
  const drawn: number[] = [];
  let later: { segment: AnnotatedSegment; lane: number }[] = [];
  for (const placed of between(row, scale.start, secondsAt(scale, width))) {
    const { segment, lane } = placed;
    if (segment.id === ghost?.id) {
      continue;
    }
    if (picture.selected.has(segment.id)) {
      later = [...later, placed];
      continue;
    }
    const right = xOf(scale, segment.end);
    if (right - (drawn[lane] ?? -Infinity) < 1 && right - xOf(scale, segment.start) < 1) {
      continue;
    }
    drawn[lane] = right;
    drawSegment(context, picture, segment, row.top + sizes.gap / 2 + lane * sizes.lane, false);
  }
  for (const { segment, lane } of later) {
    drawSegment(context, picture, segment, row.top + sizes.gap / 2 + lane * sizes.lane, true);
  }
  if (ghost?.track === row.track.id) {
    const segment = { id: '', start: ghost.start, end: ghost.end, label: ghost.label };
    const lane = row.placed.find((placed) => placed.segment.id === ghost.id)?.lane ?? 0;
    drawSegment(context, picture, segment, row.top + sizes.gap / 2 + lane * sizes.lane, true);
  }
}

function drawSegment(context: Context, picture: TracksPicture, segment: AnnotatedSegment, top: number, selected: boolean): void {
  const { scale, width, palette } = picture;
  const left = Math.max(-4, xOf(scale, segment.start));
  const right = Math.min(width + 4, xOf(scale, segment.end));
  const wide = Math.max(2, right - left - 1);
  const height = sizes.lane - 2;
  const color = labelColor(segment.label, picture.labels.get(segment.label ?? '')?.color, palette);
  const status = statusOf(segment);
  const isOpen = status === 'suggested';
  const rejected = status === 'rejected';
  // Where surfaces are told apart by lines alone, no line is faint: this one is dotted, and its words are struck out.
  const faint = rejected && !palette.highContrast ? 0.5 : 1;
  fill(context, palette.background, 1, left, top, wide, height);
  fill(context, color, palette.highContrast ? 0 : rejected ? 0.08 : isOpen ? 0.14 : 0.34, left, top, wide, height);
  if (isOpen && wide > 6) {
    hatch(context, color, left, top, wide, height);
  }
  if (wide >= 4) {
    context.globalAlpha = faint;
    context.strokeStyle = color;
    context.setLineDash(isOpen ? [4, 3] : rejected ? [1, 3] : []);
    context.strokeRect(left + 0.5, top + 0.5, wide - 1, height - 1);
    context.setLineDash([]);
    context.globalAlpha = 1;
  }
  fill(context, color, faint, left, top, Math.min(3, wide), height);
  if (wide > 26) {
    drawName(context, picture, segment, left, top, wide, height);
  }
  if (picture.wrong.has(segment.id)) {
    context.fillStyle = palette.error;
    context.beginPath();
    context.moveTo(left + wide, top);
    context.lineTo(left + wide - 8, top);
    context.lineTo(left + wide, top + 8);
    context.fill();
  }
  if (selected) {
    context.strokeStyle = palette.focus;
    context.lineWidth = 2;
    context.strokeRect(left, top, wide, height);
    context.lineWidth = 1;
    if (wide > 14) {
      fill(context, palette.focus, 1, left, top + 4, 4, height - 8);
      fill(context, palette.focus, 1, left + wide - 4, top + 4, 4, height - 8);
    }
  }
}

function drawName(context: Context, { palette }: TracksPicture, segment: AnnotatedSegment, left: number, top: number, wide: number, height: number): void {
  const status = statusOf(segment);
  const mark = { suggested: '✦ ', rejected: '✕ ', accepted: '✓ ', edited: '', own: '' }[status];
  const caption = segment.caption?.slice(0, 200) ?? '';
  const name = segment.label ? (caption ? `${segment.label} · ${caption}` : segment.label) : caption;
  // A long segment says its name where it can be seen.
  const from = Math.max(left, 0) + 8;
  context.save();
  context.beginPath();
  context.rect(left, top, wide - 4, height);
  context.clip();
  context.font = palette.font.replace(/^[\d.]+px/, '12px');
  context.fillStyle = status === 'rejected' ? palette.quiet : palette.foreground;
  context.fillText(mark + name, from, top + height / 2 + 1);
  if (status === 'rejected') {
    fill(context, palette.quiet, 1, from, top + height / 2, Math.min(wide - 12, context.measureText(mark + name).width), 1);
  }
  context.restore();
}

function hatch(context: Context, color: string, left: number, top: number, wide: number, height: number): void {
  context.save();
  context.beginPath();
  context.rect(left, top, wide, height);
  context.clip();
  context.globalAlpha = 0.35;
  context.strokeStyle = color;
  context.beginPath();
  for (let x = left - height - (left % 7); x < left + wide; x += 7) {
    context.moveTo(x, top + height);
    context.lineTo(x + height, top);
  }
  context.stroke();
  context.restore();
}

function drawMarks(context: Context, { marks, scale, rows, palette, width }: TracksPicture): void {
  const { start, end } = marks;
  const height = rows.shotsTop;
  if (start === undefined && end === undefined) {
    return;
  }
  const left = start === undefined ? 0 : xOf(scale, start);
  const right = end === undefined ? width : xOf(scale, end);
  if (start !== undefined && end !== undefined) {
    fill(context, palette.accent, 0.18, left, 0, right - left, height);
  }
  context.fillStyle = palette.accent;
  for (const [at, direction] of [[start, 1], [end, -1]] as const) {
    if (at !== undefined) {
      const x = Math.round(xOf(scale, at));
      context.fillRect(x - (direction < 0 ? 2 : 0), 0, 2, height);
      context.fillRect(direction < 0 ? x - 7 : x, 0, 7, 2);
      context.fillRect(direction < 0 ? x - 7 : x, height - 2, 7, 2);
    }
  }
}

function fill(context: Context, color: string, alpha: number, x: number, y: number, width: number, height: number): void {
  context.globalAlpha = alpha;
  context.fillStyle = color;
  context.fillRect(x, y, width, height);
  context.globalAlpha = 1;
}
