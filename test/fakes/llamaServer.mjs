#!/usr/bin/env node
// Speaks as llama-server does: its options, its log, /health, /props, keys, streams. What it does wrong stands in its model file,
// behind the first four letters, as JSON: { fails, loadMs, dies, answer }.
import { appendFileSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';

const args = process.argv.slice(2);
if (args.includes('--version')) {
  process.stderr.write('version: 9999 (0123abcd)\nbuilt with nothing for test\n');
  process.exit(0);
}
const option = (name) => args[args.indexOf(name) + 1];
const file = option('--model');
const { fails = false, loadMs = 0, dies = 'never', answer = 'A red ball.', journal } = JSON.parse(readFileSync(file, 'utf8').slice(4) || '{}');
const note = (entry) => journal && appendFileSync(journal, `${JSON.stringify({ pid: process.pid, ...entry })}\n`);
note({ started: args, environment: Object.keys(process.env) });
process.on('SIGTERM', () => process.exit(0));
if (fails) {
  process.stderr.write('error loading model: unknown model architecture: \'dream\'\n');
  process.exit(1);
}
const key = process.env.LLAMA_API_KEY;
const readyAt = Date.now() + loadMs;
const json = (response, status, value) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
const server = createServer(async (request, response) => {
  request.resume();
  if (request.url === '/health') {
    return Date.now() < readyAt ? json(response, 503, { error: { message: 'Loading model' } }) : json(response, 200, { status: 'ok' });
  }
  if (request.headers.authorization !== `Bearer ${key}`) {
    return json(response, 401, { error: { message: 'Invalid API Key' } });
  }
  if (request.url === '/props') {
    return json(response, 200, { default_generation_settings: { n_ctx: 4096 }, modalities: { vision: args.includes('--mmproj'), video: false } });
  }
  if (request.url === '/v1/models') {
    return json(response, 200, { object: 'list', data: [{ id: file, object: 'model', owned_by: 'llamacpp' }] });
  }
  note({ asked: true });
  if (dies === 'before') process.kill(process.pid, 'SIGKILL');
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const say = (delta, finish_reason = null) => response.write(`data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason }] })}\n\n`);
  say({ role: 'assistant', content: null });
  for (const word of answer.match(/\s*\S+/g) ?? []) {
    say({ content: word });
    if (dies === 'within') setTimeout(() => process.kill(process.pid, 'SIGKILL'), 50);
  }
  if (dies === 'within') return;
  say({}, 'stop');
  response.end('data: [DONE]\n\n');
});
server.listen(Number(option('--port')), option('--host'), () => process.stderr.write(`srv  llama_server: listening on http://${option('--host')}:${server.address().port}\n`));
