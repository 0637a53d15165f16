import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createRedactor } from './redact.ts';

function redactorFor(...secrets: string[]) {
  const redactor = createRedactor();
  for (const secret of secrets) redactor.add(secret);
  return redactor;
}

describe('ECR hosts', () => {
  const { redact } = createRedactor();

  test.each([
    '123456789012.dkr.ecr.eu-west-1.amazonaws.com',
    '123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn',
    '123456789012.dkr.ecr-fips.us-gov-west-1.amazonaws.com',
    '123456789012.dkr-ecr.us-east-1.on.aws',
    '123456789012.dkr-ecr-fips.us-east-1.on.aws',
    '123456789012.DKR.ECR.eu-west-1.amazonaws.com',
  ])('%s', (host) => {
    expect(redact(`push https://${host}/shop:api-1`)).toBe('push https://<ECR-REGISTRY>/shop:api-1');
  });

  test('glued to other text, twice on a line, and not what only looks like one', () => {
    const host = '123456789012.dkr.ecr.eu-west-1.amazonaws.com';
    expect(redact(`x${host},9${host}`)).toBe('x<ECR-REGISTRY>,9<ECR-REGISTRY>');
    expect(redact('public.ecr.aws/x 127.0.0.1:5000 12.dkr.ecr.x.amazonaws.com')).toBe(
      'public.ecr.aws/x 127.0.0.1:5000 12.dkr.ecr.x.amazonaws.com',
    );
  });

  test('an account number that is a secret too, and the switch', () => {
    expect(redactorFor('123456789012').redact('123456789012.dkr.ecr.eu-west-1.amazonaws.com/a')).toBe(
      '<ECR-REGISTRY>/a',
    );
    const shown = createRedactor();
    shown.hideHosts(false);
    shown.add('hunter22');
    expect(shown.redact('123456789012.dkr.ecr.a.amazonaws.com hunter22')).toBe(
      '123456789012.dkr.ecr.a.amazonaws.com ***',
    );
  });
});

describe('secrets', () => {
  test('longer ones first, all occurrences, whatever characters they hold', () => {
    expect(redactorFor('pass', 'password1').redact('password1 pass pass')).toBe('*** *** ***');
    expect(redactorFor('a.+*?^${}()|[]\\/-b').redact('x a.+*?^${}()|[]\\/-b y')).toBe('x *** y');
    expect(redactorFor('\ud800abcd').redact('\ud800abcd')).toBe('***');
  });

  test('too short ones would blot out the log', () => {
    expect(redactorFor('', ' ', 'a', 'abc').redact('a b c abc')).toBe('a b c abc');
  });

  test('as they stand in JSON, in a URL and in base64, also inside of longer base64', () => {
    const secret = 'p"ss w/rd?é\n';
    const { redact } = redactorFor(secret);
    expect(redact(JSON.stringify({ a: secret.trim() }))).toBe('{"a":"***"}');
    expect(redact(`?t=${encodeURIComponent(secret.trim())}&b`)).toBe('?t=***&b');
    for (const user of ['', 'u:', 'us:', 'use:']) {
      const basic = Buffer.from(`${user}${secret.trim()}`).toString('base64');
      const core = Buffer.from(secret.trim()).toString('base64').slice(4, -5);
      expect(redact(`Basic ${basic}`)).toContain('***');
      expect(redact(`Basic ${basic}`)).not.toContain(core);
    }
  });

  test('of several lines, one line at a time', () => {
    const { redact } = redactorFor('-----BEGIN KEY-----\nMIIEowIBAAKC\r\nzq83hdkw\n-----END KEY-----\n');
    const lines = ['key: -----BEGIN KEY-----', '  MIIEowIBAAKC', 'zq83hdkw'].map(redact);
    expect(lines).toEqual(['key: ***', '  ***', '***']);
    expect(redact(Buffer.from('user:MIIEowIBAAKC').toString('base64'))).toBe('dXNlcjp***M=');
  });

  test('cut in two by the end of a line, and a middle that fills a line', () => {
    const secret = 'ghp_0123456789abcdefghijklmnopqrstuvwxyz';
    const { redact } = redactorFor(secret);
    expect(redact(`token ${secret.slice(0, 12)}`)).toBe('token ***');
    expect(redact(`${secret.slice(12)} rest`)).toBe('*** rest');
    expect(redact(secret.slice(10, 30))).toBe('***');
    expect(redact(`token ${secret.slice(0, 20)}\n${secret.slice(20)} rest`)).toBe('token ***\n*** rest');
  });

  test('never come out, whatever stands around them and wherever a line ends', () => {
    const secrets = fc
      .string({ minLength: 16, maxLength: 40 })
      .filter((text) => text.trim().length >= 16 && !text.includes('*'));
    fc.assert(
      fc.property(secrets, fc.tuple(fc.string(), fc.string()), fc.nat(40), (secret, [before, after], cut) => {
        const { redact } = redactorFor(secret);
        const text = `${before}${secret}${after}`;
        const at = before.length + (cut % secret.length);
        expect(redact(text)).not.toContain(secret.trim());
        const wrapped = redact(text.slice(0, at)) + redact(text.slice(at));
        expect(wrapped).not.toContain(secret.trim());
      }),
    );
  });
});
