import type { Pose } from '../observations.js';

export const poseActions = ['standing', 'sitting', 'arms raised'] as const;
export type PoseAction = (typeof poseActions)[number];

/** Places of COCO's keypoints. */
const [nose, shoulders, elbows, wrists, hips, knees, ankles] = [0, [5, 6], [7, 8], [9, 10], [11, 12], [13, 14], [15, 16]] as const;
const confident = 0.35;

interface Point {
  x: number;
  y: number;
  score: number;
}

/**
 * What simple rules say that a person does: several things, or nothing where the joints that would tell are not seen.
 *
 * @param aspect width of the picture ÷ its height: keypoints are fractions of both
 */
export function actionsOf({ keypoints }: Pose, aspect: number): { action: PoseAction; confidence: number }[] {
  const point = (place: number): Point => ({
    x: (keypoints[3 * place] ?? 0) * aspect,
    y: keypoints[3 * place + 1] ?? 0,
    score: keypoints[3 * place + 2] ?? 0,
  });
  const found: { action: PoseAction; confidence: number }[] = [];
  const arms = [0, 1].map((side) => [point(shoulders[side] ?? 0), point(elbows[side] ?? 0), point(wrists[side] ?? 0)] as const);
  const head = point(nose);
  const raised = [head, ...arms.flat()];
  if (sure(raised) && arms.every(([shoulder, elbow, wrist]) => wrist.y < head.y && wrist.y < elbow.y && elbow.y < shoulder.y + reach(shoulder, elbow) / 2)) {
    found.push({ action: 'arms raised', confidence: least(raised) });
  }
  // The side that is seen better tells how the legs are.
  const sides = [0, 1].map((side) => [shoulders, hips, knees, ankles].map((joint) => point(joint[side] ?? 0)));
  const leg = sides.sort((a, b) => least(b) - least(a))[0] ?? [];
  const action = sure(leg) ? legAction(leg) : undefined;
  if (action) {
    found.push({ action, confidence: least(leg) });
  }
  return found;
}

function legAction([shoulder, hip, knee, ankle]: readonly Point[]): PoseAction | undefined {
  if (!shoulder || !hip || !knee || !ankle) return undefined;
  const torso = lean(shoulder, hip);
  const thigh = lean(hip, knee);
  const shin = lean(knee, ankle);
  if (torso < 30 && thigh < 30 && shin < 30) return 'standing';
  return torso < 45 && thigh > 50 && thigh < 120 ? 'sitting' : undefined;
}

/** Degrees that a limb leans from hanging straight down. */
function lean(from: Point, to: Point): number {
  return (Math.atan2(Math.abs(to.x - from.x), to.y - from.y) * 180) / Math.PI;
}

function reach(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}

function least(points: readonly Point[]): number {
  return Math.min(...points.map(({ score }) => score));
}

function sure(points: readonly Point[]): boolean {
  return least(points) >= confident;
}
