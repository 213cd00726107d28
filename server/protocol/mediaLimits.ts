/** How many clips and pictures one conversation may hold together. */
export interface MediaLimits {
  most: number;
  /** Of those, at most this many videos, */
  videos: number;
  /** and this many pictures. 0: the model does not look at pictures. */
  images: number;
}

/** What a model takes of which nothing else is said. */
export const oneMedium: MediaLimits = { most: 1, videos: 1, images: 1 };

/** Why these media do not go together, or nothing if they do. The limit that is hit comes with it, and how many there are. */
export function mediaRefusal(
  kinds: readonly ('video' | 'image')[],
  limits: MediaLimits,
): { reason: 'media' | 'videos' | 'images'; limit: number; count: number } | undefined {
  const images = kinds.filter((kind) => kind === 'image').length;
  const videos = kinds.length - images;
  if (kinds.length > limits.most) {
    return { reason: 'media', limit: limits.most, count: kinds.length };
  }
  if (videos > limits.videos) {
    return { reason: 'videos', limit: limits.videos, count: videos };
  }
  return images > limits.images ? { reason: 'images', limit: limits.images, count: images } : undefined;
}
