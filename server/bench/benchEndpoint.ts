import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { VideoChatClient } from '../client/videoChatClient.js';
import { AnnotateBatchRequest, EvaluationRunRequest, NarrationCreateRequest, RemoteDeclareRequest, VideoOpenRequest } from '../protocol/index.js';
import type { FfmpegTools } from '../video/findFfmpeg.js';
import { runTool } from '../video/runTool.js';
import type { BenchResult } from './benchResult.js';
import { timeOnce } from './measure.js';

const latencyMs = 1000;
/** Of each kind of work. */
const questions = 24;
const windowSeconds = 4;
const widths = [1, 4, 16] as const;

/** Work with a model elsewhere that answers after a second, one, four and sixteen requests in flight. Ratios are of sixteen against one. */
export async function benchEndpoint(folder: string, serverPath: string, sample: string, { ffmpeg }: FfmpegTools): Promise<BenchResult[]> {
  const long = path.join(folder, 'endpoint.mp4');
  const args = ['-hide_banner', '-loglevel', 'error', '-nostdin', '-y', '-stream_loop', '-1', '-i', sample, '-t', String(questions * windowSeconds), '-c:v', 'libx264', '-preset', 'ultrafast', '-g', '40', '-pix_fmt', 'yuv420p', long];
  const { exitCode, errorText } = await runTool({ command: ffmpeg, args, timeoutSeconds: 600, maxOutputBytes: 1 << 20 });
  if (exitCode !== 0) {
    throw new Error(errorText);
  }
  const { server, mostInFlight } = await slowServer();
  const times: Record<string, number[]> = {};
  try {
    for (const width of widths) {
      const home = path.join(folder, `endpoint-${width}`);
      const work = await prepare(home, sample);
      // A cache of its own: what was said before is not asked again.
      const client = await VideoChatClient.spawn({ serverPath, initialize: { settings: { cacheFolder: path.join(home, 'cache') } } });
      try {
        const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
        await client.request(RemoteDeclareRequest, { models: [{ id: 'far', backend: { kind: 'openai', endpoint, images: 'frames', maxFrames: 4, frameSide: 256, concurrency: width } }] });
        const { videoId } = await client.request(VideoOpenRequest, { path: long });
        const all: Record<string, () => Promise<unknown>> = {
          annotate: () => client.request(AnnotateBatchRequest, { path: work.clips, task: 'description', modelId: 'far' }),
          eval: () => client.request(EvaluationRunRequest, { task: 'mvbench', data: [work.data], videos: work.clips, predictions: path.join(home, 'predictions.jsonl'), modelId: 'far' }),
          'captions of one clip': () => client.request(NarrationCreateRequest, { videoId, modelId: 'far', everySeconds: windowSeconds, answersFrom: 'embeddings' }),
        };
        for (const [name, run] of Object.entries(all)) {
          (times[name] ??= []).push(await timeOnce(run));
        }
      } finally {
        await client.dispose();
      }
    }
  } finally {
    server.closeAllConnections();
    server.close();
  }
  return Object.entries(times).map(([name, each]) => ({
    name: `${name}, ${questions} questions to a model that answers after ${latencyMs / 1000} s, 16 requests in flight against one`,
    ratio: (each[0] ?? 0) / (each.at(-1) ?? 1),
    numbers: [...widths.map((width, index) => ({ label: `${width} in flight`, value: (each[index] ?? 0) / 1000, unit: 's' })), { label: 'most at once', value: mostInFlight(), unit: '' }],
  }));
}

async function prepare(home: string, sample: string): Promise<{ clips: string; data: string }> {
  const clips = path.join(home, 'clips');
  const data = path.join(home, 'colours.json');
  await mkdir(clips, { recursive: true });
  const names = Array.from({ length: questions }, (_, index) => `clip-${index}.mp4`);
  await Promise.all(names.map((name) => copyFile(sample, path.join(clips, name))));
  await writeFile(data, JSON.stringify(names.map((video, index) => ({ video, question: `Which colour is ball ${index}?`, candidates: ['red', 'green'], answer: 'red' }))));
  return { clips, data };
}

/** Answers every question with the same words, a while after it was asked. */
async function slowServer(): Promise<{ server: Server; mostInFlight(): number }> {
  let [now, most] = [0, 0];
  const server = createServer((request, response) => {
    request.resume().once('end', () => {
      if (request.url?.endsWith('/models')) {
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ data: [{ id: 'slow', max_model_len: 32_768 }] }));
        return;
      }
      most = Math.max(most, ++now);
      setTimeout(() => {
        now--;
        const answer = { choices: [{ message: { role: 'assistant', content: 'A red ball.' }, finish_reason: 'stop' }], usage: { prompt_tokens: 100, completion_tokens: 4 } };
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
      }, latencyMs);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, mostInFlight: () => most };
}
