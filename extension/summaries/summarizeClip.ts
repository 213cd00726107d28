import { usingClip } from '../../server/client/usingClip.js';
import type { CancellationToken } from '../../server/common/cancellation.js';
import { type Summary, SummaryCreateRequest, type SummaryKind, type SummaryProgress, type VideoFacts } from '../../server/protocol/index.js';
import { planWithFrames } from '../chat/planWithFrames.js';
import { modelFor } from '../models/modelFor.js';
import type { ServerController } from '../server/serverController.js';
import type { SettingValues } from '../settings/settingValues.js';
import type { Translate } from '../translate.js';

export interface ClipJob {
  /** Absolute. */
  path: string;
  token: CancellationToken;
  onProgress?(progress: SummaryProgress): void;
  /** Left out: a few sentences. */
  kind?: SummaryKind;
  /** Says no to a clip whose facts show that there is nothing to do. */
  wanted?(facts: VideoFacts): boolean;
}

/** Makes summaries of single clips with the model and the frames that the settings name. */
export function clipSummarizer(server: ServerController, settings: { values: SettingValues }, t: Translate): (job: ClipJob) => Promise<Summary | undefined> {
  return async ({ path, token, onProgress, wanted, kind }) => {
    const { client } = await server.client();
    return usingClip(client, path, { token }, async ({ videoId, facts }) => {
      if (wanted && !wanted(facts)) {
        return undefined;
      }
      const { model: wish, framesPerClip } = settings.values;
      const model = await modelFor(client, wish, t);
      const plan = framesPerClip === undefined || facts.kind === 'image' ? undefined : planWithFrames(model.plan, framesPerClip);
      return client.request(SummaryCreateRequest, { videoId, modelId: model.id, plan, ...(kind === undefined ? {} : { kind }) }, { token, onProgress });
    });
  };
}
