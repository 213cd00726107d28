/** Left, top, width, height as fractions of the picture as displayed. */
export type Box = [number, number, number, number];

export interface Detection {
  /** COCO-80 name, e.g. `person`. */
  label: string;
  score: number; // 0…1
  box: Box;
}

export interface TextLine {
  text: string;
  score: number; // 0…1, mean over its characters
  box: Box;
}

export interface Pose {
  /** Of the person's detection. */
  box: Box;
  /** x, y as fractions of the picture and confidence of each of COCO's 17 keypoints, in their order. */
  keypoints: Float32Array; // [17,3]
}

/** What the detectors saw in one frame. A part that was not looked for is missing. */
export interface FrameSights {
  objects?: Detection[];
  texts?: TextLine[];
  faces?: { score: number; box: Box }[];
  poses?: Pose[];
}

/** The detectors that {@link FrameSights} can come from. Poses are those of persons, so they need `objects`. */
export const sightKinds = ['objects', 'texts', 'faces', 'poses'] as const;
export type SightKind = (typeof sightKinds)[number];

/** One frame of a clip, and all that is known of it. */
export interface FrameObservation extends FrameSights {
  /** Number in presentation order, from 0. */
  frame: number;
  seconds: number;
  /** Mean luma, 0…1. */
  brightness: number;
  /** The picture at 16 × 9, luma: two of them tell how much changed between two frames. */
  thumbnail: Uint8Array; // [9,16]
}
