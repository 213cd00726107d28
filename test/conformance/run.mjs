// Does a server follow the specification?  node test/conformance/run.mjs [--clip FILE] [--model ID] -- COMMAND…
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { checks } from './checks.mjs';
import { Peer } from './peer.mjs';

const usage = `node test/conformance/run.mjs [--clip FILE] [--model ID] [--patience SECONDS] -- COMMAND…
Starts COMMAND for each check and speaks with it on its stdin and stdout.
--clip     a video of a few seconds; without it, nothing is asked about videos
--model    a model that the server has; without it, nothing is asked of models
--patience how long an answer may take; 60`;

const split = process.argv.indexOf('--', 2);
const command = split < 0 ? [] : process.argv.slice(split + 1);
const { values } = parseArgs({
  args: process.argv.slice(2, split < 0 ? undefined : split),
  options: { clip: { type: 'string' }, model: { type: 'string' }, patience: { type: 'string', default: '60' } },
});
if (command.length === 0) {
  console.error(usage);
  process.exit(2);
}
const schema = JSON.parse(await readFile(new URL('../../server/protocol/schema.json', import.meta.url), 'utf8'));
const given = { ...values, ...(values.clip === undefined ? {} : { clip: resolve(values.clip) }) };

/** The server that checks share which leave it as it was. @type {Peer | undefined} */
let shared;

async function start() {
  const peer = new Peer(command, schema, Number(values.patience) * 1000);
  try {
    await peer.result('initialize', { protocolVersion: schema.version, client: { name: 'conformance' } });
    peer.notify('initialized');
    return peer;
  } catch (error) {
    peer.kill();
    throw new Error([error.message, ...peer.problems].join('; '));
  }
}

/** @returns {Promise<string[]>} what is wrong */
async function check({ raw, last, run }) {
  let peer;
  try {
    peer = raw ? new Peer(command, schema, Number(values.patience) * 1000) : last ? await start() : (shared ??= await start());
    peer.problems = [];
    await run(peer, given);
    // What comes late is seen too.
    await new Promise((resolve) => setTimeout(resolve, 20));
    return peer.problems;
  } catch (error) {
    // What went wrong may have gone wrong for good.
    shared?.kill();
    shared = undefined;
    return [error.message, ...(peer?.problems ?? [])];
  } finally {
    if (raw || last) {
      peer?.kill();
    }
  }
}

const counts = { ok: 0, failed: 0, skipped: 0 };
for (const each of checks) {
  const missing = (each.needs ?? []).filter((need) => given[need] === undefined);
  if (missing.length > 0) {
    counts.skipped++;
    console.log(`skip  ${each.name} (needs ${missing.map((need) => `--${need}`).join(', ')})`);
    continue;
  }
  const problems = await check(each);
  counts[problems.length === 0 ? 'ok' : 'failed']++;
  console.log(`${problems.length === 0 ? 'ok   ' : 'FAIL '} ${each.name}`);
  problems.slice(0, 10).forEach((problem) => console.log(`        ${problem}`));
}
shared?.kill();
console.log(`${counts.ok} ok, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exitCode = counts.failed === 0 ? 0 : 1;
