import type { WorkerAnswer, WorkerRequest } from '../common/childWorker.js';
import { graphOpener } from './openGraph.js';
import { PerceptionProcessModels } from './perceptionProcessModels.js';
import type { PerceptionRequests } from './perceptionProcessProtocol.js';

// Program of the child process that owns the sessions of all perception models; see `PerceptionHost`:
// node perceptionProcess.mjs PATH_OF_ONNXRUNTIME
type Request = { [Kind in keyof PerceptionRequests]: WorkerRequest & { kind: Kind } & PerceptionRequests[Kind]['params'] }[keyof PerceptionRequests];

// Ends with its parent, and without destructors.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));

const models = new PerceptionProcessModels(graphOpener(process.argv[2] ?? 'onnxruntime-node'));

function handle(request: Request): Promise<unknown> {
  switch (request.kind) {
    case 'open':
      return models.open(request);
    case 'look':
      return models.look(request);
    case 'hear':
      return models.hear(request);
    case 'transcribe':
      return models.transcribe(request);
    case 'memory':
      return Promise.resolve({ residentBytes: process.memoryUsage().rss, peakResidentBytes: process.resourceUsage().maxRSS * 1024 });
    case 'stop':
      return models.stop();
  }
}

process.on('message', (request: Request) => {
  const answer = (told: Omit<WorkerAnswer, 'id'>): unknown => process.send?.({ id: request.id, ...told });
  handle(request).then(
    (result) => answer({ result }),
    (error: unknown) => answer({ error: error instanceof Error ? error.message : String(error) }),
  );
});
