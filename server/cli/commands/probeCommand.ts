import { Command } from 'commander';
import path from 'node:path';
import { type VideoFacts, VideoOpenRequest } from '../../protocol/index.js';
import { ExitCode } from '../exitCode.js';
import { formatBytes, formatClipTime } from '../formatValues.js';
import { printable } from '../printable.js';
import { addServerOptions, type ServerOptions } from '../serverOptions.js';
import { type Environment, runWithServer } from '../session.js';
import { writeJson } from '../terminal.js';

interface Options extends ServerOptions {
  json?: boolean;
}

const examples = `
Examples:
  videochat probe clip.mp4
  videochat probe clip.mp4 --json | jq .durationSeconds`;

/** `videochat probe VIDEO` */
export function probeCommand(environment: Environment, done: (code: ExitCode) => void): Command {
  const command = new Command('probe')
    .description('show what a file is, without decoding it')
    .argument('<video>', 'file to read')
    .option('--json', 'print the facts as one line of JSON');
  addServerOptions(command).addHelpText('after', examples);
  return command.action(async (video: string, options: Options) => {
    done(
      await runWithServer(environment, options, async ({ client, terminal }, signal) => {
        const { facts } = await client.request(VideoOpenRequest, { path: path.resolve(video) }, { signal });
        if (options.json) {
          writeJson(terminal, facts);
        } else {
          terminal.out.write(`${printable(describeFacts(facts))}\n`);
        }
        return ExitCode.ok;
      }),
    );
  });
}

function describeFacts(facts: VideoFacts): string {
  const rotated = facts.rotationDegrees ? `, turned by ${facts.rotationDegrees}°` : '';
  const rate = `${facts.fps.toFixed(2)} frames per second${facts.variableFrameRate ? ' on average (variable)' : ''}`;
  const streams = facts.streams.map((each) => `${each.kind} ${each.codec}${each.language ? ` (${each.language})` : ''}`);
  const rows = [
    ['file', `${facts.path} (${formatBytes(facts.bytes)})`],
    ['container', facts.container],
    ['picture', `${facts.width} × ${facts.height}, ${facts.codec}${rotated}`],
    ...(facts.kind === 'image'
      ? []
      : [['length', `${formatClipTime(facts.durationSeconds)}, ${facts.frameCount} frames, ${rate}`]]),
    ['streams', streams.join(', ')],
    ['sha256', facts.contentHash],
  ];
  return rows.map(([name = '', value]) => `${name.padEnd(10)} ${value}`).join('\n');
}
