import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLogger } from '../../../server/common/logger.js';
import type { FrameSights, SightKind } from '../../../server/perception/observations.js';
import { PerceptionHost } from '../../../server/perception/perceptionHost.js';
import { builtPerceptionProgram, pictureOf, soundOf } from '../../fixtures/perceptionModels.js';

const media = fileURLToPath(new URL('../../../../shared/media/', import.meta.url));

// Real clips lie beside the checkout where the project is developed; elsewhere there are none.
describe.skipIf(!existsSync(media))('what is seen in real clips', () => {
  let host: PerceptionHost;
  beforeAll(async () => {
    host = await PerceptionHost.open({ modelFolders: [], threads: 1, logger: silentLogger, program: await builtPerceptionProgram() });
  });
  afterAll(() => host.dispose());

  /** Sights at some times of a clip, in seconds. */
  async function lookAt(clip: string, times: number[], width: number, height: number, kinds: SightKind[]): Promise<FrameSights[]> {
    const sights = [];
    for (const time of times) {
      sights.push(await host.look(await pictureOf(['-ss', String(time), '-i', `${media}${clip}`], width, height), kinds));
    }
    return sights;
  }
  const counts = (sights: FrameSights[], label: string): number[] => sights.map(({ objects }) => objects?.filter((each) => each.label === label).length ?? 0);
  const share = (numbers: number[]): number => numbers.filter((count) => count > 0).length / numbers.length;

  it('vtest.avi: several people and a parked truck all the time, nothing to read', async () => {
    const sights = await lookAt('vtest.avi', [2, 20, 40, 60, 75], 768, 576, ['objects', 'texts', 'poses']);
    expect(Math.min(...counts(sights, 'person'))).toBeGreaterThanOrEqual(2);
    expect(share(counts(sights, 'truck'))).toBeGreaterThanOrEqual(0.8);
    expect(sights.flatMap(({ texts }) => texts)).toEqual([]);
    expect(Math.min(...sights.map(({ poses }) => poses?.length ?? 0))).toBeGreaterThanOrEqual(2);
  });

  it('jesse_dance.mp4: a person and mostly his face, in front of a refrigerator', async () => {
    const sights = await lookAt('jesse_dance.mp4', [0, 1, 2, 3, 5, 7, 8, 9], 960, 540, ['objects', 'faces']);
    expect(share(counts(sights, 'person'))).toBeGreaterThanOrEqual(0.75);
    expect(share(sights.map(({ faces }) => faces?.length ?? 0))).toBeGreaterThanOrEqual(0.5);
    expect(Math.max(...sights.map(({ faces }) => faces?.length ?? 0))).toBeLessThanOrEqual(1);
  });

  it('yoga.mp4: one person', async () => {
    const people = counts(await lookAt('yoga.mp4', [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 568, 320, ['objects']), 'person');
    expect(share(people)).toBeGreaterThanOrEqual(0.8);
    expect(people.filter((count) => count > 1).length).toBeLessThanOrEqual(1);
  });

  it('cup.mp4: a hand, which counts as a person; its noise is no voice', async () => {
    const sights = await lookAt('cup.mp4', [2, 3, 4, 5, 7], 640, 480, ['objects', 'texts']);
    expect(share(counts(sights, 'person'))).toBeGreaterThanOrEqual(0.6);
    expect(sights.flatMap(({ texts }) => texts)).toEqual([]);
    const voice = await host.listen().hear(await soundOf(['-i', `${media}cup.mp4`]));
    expect(voice.length).toBeGreaterThan(200);
    expect(Math.max(...voice)).toBeLessThan(0.5);
  });
});
