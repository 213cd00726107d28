import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cancellationSource } from '../../../server/common/cancellation.js';
import { silentLogger } from '../../../server/common/logger.js';
import { translatorFor } from '../../../server/common/translator.js';
import { ErrorCode, phrase, Phrase, VideoChatError } from '../../../server/protocol/index.js';
import { toResponseError } from '../../../server/rpc/toResponseError.js';

describe('a phrase', () => {
  it('keeps what it is made of, also phrases in phrases', () => {
    const part = phrase`from ${1} to ${2.5} s`;
    const whole = phrase`${3} frames ${part}.`;
    expect(whole.template).toBe('{0} frames {1}.');
    expect(String(whole)).toBe('3 frames from 1 to 2.5 s.');
  });

  it('never fills gaps that a value brings along', () => {
    expect(String(phrase`${'{1}'} and ${'{0}'}`)).toBe('{1} and {0}');
    expect(String(new Phrase('as another program said: {0}'))).toBe('as another program said: {0}');
  });
});

describe('translatorFor', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'translator-'));
    const texts = { 'There is no {0}.': '没有{0}。', 'the {1} of {0}': '{0}的{1}', Stop: '停' };
    await writeFile(path.join(folder, 'bundle.l10n.zh-cn.json'), JSON.stringify(texts));
    await writeFile(path.join(folder, 'bundle.l10n.fr.json'), '{ broken');
  });
  afterAll(() => rm(folder, { recursive: true }));

  it.each(['zh-cn', 'zh-CN', 'zh', 'zh-Hans', 'zh-Hans-SG', 'zh_CN.UTF-8', 'zh_CN@stroke'])('finds Chinese for %s', (locale) => {
    expect(translatorFor(locale, folder)('Stop')).toBe('停');
  });

  it.each(['en', 'zh-tw', 'zh-Hant', 'fr', 'de', 'C', 'C.UTF-8', 'POSIX', '', '../../zh-cn', 'x'.repeat(100), undefined])('stays English for %s', (locale) => {
    expect(translatorFor(locale, folder)('Stop')).toBe('Stop');
  });

  it('puts values where the other language wants them, and translates phrases inside', () => {
    const translate = translatorFor('zh', folder);
    expect(translate(phrase`There is no ${new Phrase('the {1} of {0}', ['clip', 'end'])}.`)).toBe('没有clip的end。');
    expect(translate(phrase`Nobody translated ${1}.`)).toBe('Nobody translated 1.');
  });

  it('stays English without the folder', () => {
    expect(translatorFor('zh', path.join(folder, 'gone'))('Stop')).toBe('Stop');
  });

  it('tells a client in its language and keeps the English for logs', () => {
    const error = new VideoChatError(ErrorCode.VideoNotFound, phrase`There is no ${'x'}.`, { hint: 'Stop', subject: '/x' });
    const { token } = cancellationSource();
    const told = toResponseError(error, 'video/open', token, silentLogger, translatorFor('zh', folder));
    expect(told).toMatchObject({ code: 201, message: '没有x。', data: { hint: '停', subject: '/x', english: 'There is no x.' } });
    const english = toResponseError(error, 'video/open', token, silentLogger, translatorFor('en', folder));
    expect(english).toMatchObject({ code: 201, message: 'There is no x.', data: { hint: 'Stop', subject: '/x' } });
    expect(english.data).not.toHaveProperty('english');
  });
});
