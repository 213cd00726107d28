// A process of perception models that dies at frames whose first byte is 1, hangs at 2, refuses 3, and sees its own
// process elsewhere: the label is its process id. Sound whose first sample is 1 kills it too.
import { Buffer } from 'node:buffer';

process.on('disconnect', () => process.exit());
let heard = 0;
process.on('message', (request) => {
  const answer = (told) => process.send({ id: request.id, ...told });
  if (request.kind === 'open') {
    answer({ result: true });
  } else if (request.kind === 'memory') {
    answer({ result: { residentBytes: 1, peakResidentBytes: 2 } });
  } else if (request.kind === 'look') {
    const first = Buffer.from(request.frame.data)[0];
    if (first === 1) {
      process.kill(process.pid, 'SIGKILL');
    } else if (first === 3) {
      answer({ error: 'the graph is of another model' });
    } else if (first !== 2) {
      answer({ result: { objects: [{ label: String(process.pid), score: 1, box: [0, 0, 1, 1] }] } });
    }
  } else if (request.samples[0] === 1) {
    process.kill(process.pid, 'SIGKILL');
  } else {
    heard = (request.state?.heard ?? 0) + request.samples.length;
    answer({ result: { voice: new Float32Array([heard]), state: { heard } } });
  }
});
