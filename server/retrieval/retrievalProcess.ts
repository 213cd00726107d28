import type { WorkerAnswer, WorkerRequest } from '../common/childWorker.js';
import { graphOpener } from '../perception/openGraph.js';
import { DualEncoder } from './dualEncoder.js';
import type { RetrievalRequests } from './retrievalProcessProtocol.js';

// Program of the child process that owns the sessions of a dual encoder; see `RetrievalHost`:
// node retrievalProcess.mjs PATH_OF_ONNXRUNTIME
type Request = { [Kind in keyof RetrievalRequests]: WorkerRequest & { kind: Kind } & RetrievalRequests[Kind]['params'] }[keyof RetrievalRequests];

// Ends with its parent, and without destructors.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));

const openGraph = graphOpener(process.argv[2] ?? 'onnxruntime-node');
let encoder: DualEncoder | undefined;

async function handle(request: Request): Promise<unknown> {
  if (request.kind === 'open') {
    encoder = await DualEncoder.open(request, openGraph);
    return true;
  }
  if (!encoder) {
    throw new Error('no model is open');
  }
  return request.kind === 'embedPicture' ? encoder.embedPicture(request.frame) : encoder.embedText(request.text);
}

process.on('message', (request: Request) => {
  const answer = (told: Omit<WorkerAnswer, 'id'>): unknown => process.send?.({ id: request.id, ...told });
  handle(request).then(
    (result) => answer({ result }),
    (error: unknown) => answer({ error: error instanceof Error ? error.message : String(error) }),
  );
});
