import { beforeAll, describe, expect, it } from 'vitest';
import { buildCli, program, runCli } from './runCli.js';

// Any file that exists: the fake server does not look into it.
const clip = program;

describe('videochat chat', () => {
  beforeAll(buildCli);

  it('prints the answer, and nothing else, on stdout', async () => {
    const { code, out, err } = await runCli(['chat', clip, 'What happens?']);
    expect({ code, out }).toEqual({ code: 0, out: 'Echo 1: What happens?\n' });
    expect(err).toBe('');
  });

  it('prefers a real model and marks a demonstration one in one line', async () => {
    const real = JSON.parse((await runCli(['chat', clip, 'q', '--json'])).out) as { model: { id: string } };
    expect(real.model.id).toBe('real');
    const { err, code } = await runCli(['chat', clip, 'q', '--model', 'toy']);
    expect(code).toBe(0);
    expect(err.match(/demonstration model/g)).toHaveLength(1);
    expect(err.trimEnd().split('\n')).toHaveLength(1);
  });

  it('passes frames, span and sampling on', async () => {
    const args = ['--frames', '4', '--start', '1', '--json'];
    const { out } = await runCli(['chat', clip, 'q', ...args]);
    expect(JSON.parse(out)).toMatchObject({
      question: 'q',
      answer: 'Echo 1: q',
      plan: { spec: 'videochat:4', span: { startSeconds: 1, endSeconds: 10 } },
    });
  });

  it('answers questions from a pipe in one conversation', async () => {
    const { code, out } = await runCli(['chat', clip], { input: 'one\n\ntwo\n/again\n/exit\nnot asked\n' });
    expect(out).toBe('Echo 1: one\nEcho 2: two\nEcho 2: again two\n');
    expect(code).toBe(0);
  });

  it('prints a line of JSON per question from a pipe', async () => {
    const { out } = await runCli(['chat', clip, '--json'], { input: 'one\ntwo' });
    const lines = out.trimEnd().split('\n').map((line) => JSON.parse(line) as { answer: string });
    expect(lines.map((line) => line.answer)).toEqual(['Echo 1: one', 'Echo 2: two']);
  });

  it('does not let an answer control the terminal', async () => {
    const { out } = await runCli(['chat', clip, 'control']);
    expect(out).toBe('a[31mred\n');
  });

  it('says what failed, what to do and the name of the error', async () => {
    const { code, out, err } = await runCli(['chat', 'missing.mp4', 'q']);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(/There is no file .*missing\.mp4\. \(VideoNotFound\)\nCheck the path\.\n/);
  });

  it('prints an error as JSON too when JSON was asked for', async () => {
    const { out } = await runCli(['chat', 'missing.mp4', 'q', '--json']);
    expect(JSON.parse(out)).toMatchObject({ question: 'q', error: { code: 201, name: 'VideoNotFound', hint: 'Check the path.' } });
  });

  it('names the models there are when one is unknown, and why one is unusable', async () => {
    const unknown = await runCli(['chat', clip, 'q', '-m', 'nope']);
    expect(unknown.err).toMatch(/no model "nope"\. \(ModelUnknown\)\nModels here: toy, broken, real/);
    const broken = await runCli(['chat', clip, 'q', '-m', 'broken']);
    expect(broken.err).toMatch(/no such file \(ManifestInvalid\)/);
    expect([unknown.code, broken.code]).toEqual([1, 1]);
  });

  it('ends with an error when the server dies', async () => {
    const { code, err } = await runCli(['chat', clip, 'crash']);
    expect(code).toBe(1);
    expect(err).toContain('(ConnectionLost)');
  });

  it('stops at Ctrl-C with 130', async () => {
    let sent = false;
    const { code, out, err } = await runCli(['chat', clip, 'slow answer'], {
      onOutput: (so, child) => {
        if (!sent && so.out.includes('word1')) {
          sent = child.kill('SIGINT');
        }
      },
    });
    expect(code).toBe(130);
    expect(out).toMatch(/^word0 word1 .*\n$/);
    expect(err).toBe('Stopped.\n');
  });

  it('stops the answer, not the program, between questions', async () => {
    let sent = false;
    const { code, out, err } = await runCli(['chat', clip], {
      input: 'slow answer\nnext\n',
      onOutput: (so, child) => {
        if (!sent && so.out.includes('word1')) {
          sent = child.kill('SIGINT');
        }
      },
    });
    expect(err).toBe('Stopped.\n');
    expect(out).toMatch(/^word0 .*\nEcho 2: next\n$/);
    expect(code).toBe(0);
  });

  it('leaves at Ctrl-C while it waits for a question', async () => {
    let sent = false;
    const { code, out } = await runCli(['chat', clip], {
      typed: 'one\n',
      onOutput: (so, child) => {
        sent ||= so.out.includes('one\n') && child.kill('SIGINT');
      },
    });
    expect({ code, out }).toEqual({ code: 130, out: 'Echo 1: one\n' });
  });
});
