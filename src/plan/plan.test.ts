import { describe, expect, test } from '@jest/globals';
import { configured, settings } from '../../test/support/configured.ts';
import { CHANGED, HEAD, image, input, SAME, uses, verdicts } from '../../test/support/plan-input.ts';
import { Plan } from '../domain/plan.ts';
import { makePlan, decidePush } from './plan.ts';

describe('the contract', () => {
  test('one image as `hephy plan --json` prints it', () => {
    const curl = image(configured('curl', { additional_tags: ['latest'] }), { dependencies: [uses('base')] });
    const plan = makePlan(
      input([curl, image(configured('base'))], {
        skipped: [{ dir: 'docs/x', reason: 'ignored' }],
        verdicts: verdicts({ curl: { ...CHANGED, why: 'changed: curl/Dockerfile' }, base: SAME }),
      }),
    );
    expect(plan).toMatchObject({
      version: 2,
      run: {
        event: 'push',
        ref: 'refs/heads/main',
        sha: HEAD,
        base: 'b'.repeat(40),
        date: '20261120',
        push: true,
      },
      layout: 'tag',
      images: [
        {
          name: 'curl',
          dir: 'curl',
          config: 'curl/build-config.yaml',
          backend: 'kaniko',
          reason: 'Dockerfile',
          why: 'changed: curl/Dockerfile',
          dependsOn: ['base'],
          source: { kind: 'local', context: 'curl', dockerfile: 'curl/Dockerfile' },
          tags: ['curl-20261120-a1b2c3d', 'curl-latest'],
          legs: [
            {
              id: 'curl/linux-amd64',
              target: null,
              platform: 'linux/amd64',
              tag: 'curl-20261120-a1b2c3d-amd64',
            },
            {
              id: 'curl/linux-arm64',
              target: null,
              platform: 'linux/arm64',
              tag: 'curl-20261120-a1b2c3d-arm64',
            },
          ],
        },
      ],
      jobs: [
        {
          id: 'amd64-1',
          platform: 'linux/amd64',
          kind: 'node',
          runner: ['ubuntu-24.04'],
          legs: ['curl/linux-amd64'],
          needs: [],
        },
        {
          id: 'arm64-1',
          platform: 'linux/arm64',
          kind: 'node',
          runner: ['ubuntu-24.04-arm'],
          legs: ['curl/linux-arm64'],
          needs: [],
        },
      ],
      skipped: [
        { dir: 'docs/x', reason: 'ignored' },
        { dir: 'base', name: 'base', reason: 'no change' },
      ],
      warnings: [],
    });
    expect(Plan.parse(JSON.parse(JSON.stringify(plan)))).toEqual(plan);
  });

  test('nothing to do: no image, no job', () => {
    const plan = makePlan(input([image(configured('a'))], { verdicts: verdicts({ a: SAME }) }));
    expect([plan.images, plan.jobs, plan.fallbacks]).toEqual([[], [], []]);
  });

  test('an upstream is tagged with its own commit, or with none where it could not be asked', () => {
    const values = { upstream_repo: 'https://example.com/x.git', upstream_ref: 'v1' };
    const known = makePlan(input([image(configured('x', values), { upstreamCommit: 'c'.repeat(40) })]));
    expect(known.images[0]).toMatchObject({
      revision: 'c'.repeat(40),
      tags: ['x-20261120-ccccccc'],
      source: {
        kind: 'upstream',
        repo: values.upstream_repo,
        ref: 'v1',
        commit: 'c'.repeat(40),
        context: 'x',
      },
    });
    const unknown = makePlan(input([image(configured('x', values))]));
    expect(unknown.images[0]).toMatchObject({ revision: 'unresolved', tags: ['x-20261120-unresolved'] });
    expect(unknown.images[0]?.source).toMatchObject({ commit: null });
  });

  test('targets: an output and legs each; a single target keeps the name of its image', () => {
    const several = makePlan(input([image(configured('kaniko', { targets: ['debug', 'slim'] }))]));
    expect(several.images[0]?.legs.map(({ id, tag, target }) => [id, tag, target])).toEqual([
      ['kaniko/debug/linux-amd64', 'kaniko-debug-20261120-a1b2c3d-amd64', 'debug'],
      ['kaniko/debug/linux-arm64', 'kaniko-debug-20261120-a1b2c3d-arm64', 'debug'],
      ['kaniko/slim/linux-amd64', 'kaniko-slim-20261120-a1b2c3d-amd64', 'slim'],
      ['kaniko/slim/linux-arm64', 'kaniko-slim-20261120-a1b2c3d-arm64', 'slim'],
    ]);
    expect(several.images[0]?.outputs[1]).toMatchObject({ name: 'kaniko-slim', target: 'slim' });
    const one = makePlan(input([image(configured('kaniko', { target: 'kaniko-debug' }))]));
    expect(one.images[0]?.legs[0]).toMatchObject({
      id: 'kaniko/linux-amd64',
      target: 'kaniko-debug',
      tag: 'kaniko-20261120-a1b2c3d-amd64',
    });
  });

  test('ko and spin have no stages and no Dockerfile', () => {
    const api = image(configured('api', { target: 'x' }), { backend: 'ko' });
    const [planned] = makePlan(input([api])).images;
    expect(planned?.legs[0]?.target).toBe(null);
    expect(planned?.source).toEqual({ kind: 'local', context: 'api', dockerfile: null });
  });

  test('images that are not built are joined from what exists, of the platforms that are asked for', () => {
    const manual = configured(
      'old',
      {
        manual_build: true,
        manual_images: { 'linux/amd64': 'r/x:1-amd64', 'linux/arm64': 'r/x:1-arm64' },
        additional_tags: ['latest'],
      },
      { platforms: ['linux/amd64'] },
    );
    const plan = makePlan(input([image(manual)]));
    expect(plan.images[0]).toMatchObject({
      legs: [],
      platforms: ['linux/amd64'],
      outputs: [{ name: 'old', legs: [], existing: { 'linux/amd64': 'r/x:1-amd64' } }],
    });
    expect(plan.jobs).toEqual([]);
  });

  test('the repository layout', () => {
    const web = image(configured('web', { additional_tags: ['latest'] }), { dependencies: [uses('base')] });
    const plan = makePlan(input([web], { settings: { layout: 'repository' } }));
    expect(plan.images[0]?.outputs[0]).toMatchObject({
      repository: 'web',
      tags: ['20261120-a1b2c3d', 'latest'],
    });
    expect(plan.images[0]?.legs[0]?.tag).toBe('20261120-a1b2c3d-amd64');
    expect(plan.fallbacks).toEqual([{ image: 'web', dependency: 'base', repository: 'base', tag: 'latest' }]);
  });

  test('tags and where they come from', () => {
    const api = configured('api', { additional_tags: ['latest', '{major}.{minor}'] });
    const [planned] = makePlan(input([image(api)], { gitTags: ['v1.4.2'] })).images;
    expect(planned?.tagOrigins).toEqual({
      'api-20261120-a1b2c3d': 'tag_format',
      'api-latest': 'additional_tags',
      'api-1.4': '{major}.{minor} from git tag v1.4.2',
    });
  });

  test('a pre-release that is pushed as a tag does not move latest; the same tag at a branch’s head does not matter', () => {
    const api = image(configured('api', { additional_tags: ['latest'] }));
    const base = input([api], { gitTags: ['v2.0.0-rc.1'] });
    const event = { ...base.event, kind: 'tag' as const, ref: 'refs/tags/v2.0.0-rc.1' };
    expect(makePlan({ ...base, event }).images[0]?.tags).toEqual(['api-20261120-a1b2c3d']);
    expect(makePlan(base).images[0]?.tags).toContain('api-latest');
  });
});

describe('dependencies', () => {
  const base = image(configured('base'));
  const web = image(configured('web'), { dependencies: [uses('base')] });

  test('dependents of what changed are built after it, with its tags for their platform', () => {
    const plan = makePlan(input([web, base], { verdicts: verdicts({ web: SAME, base: CHANGED }) }));
    expect(plan.images.map(({ name, why }) => `${name}: ${why}`)).toEqual([
      'base: changed: x',
      'web: depends on base',
    ]);
    expect(plan.images[1]?.legs[1]).toMatchObject({
      needs: ['base/linux-arm64'],
      dependencyTags: { BASE_TAG: 'base-20261120-a1b2c3d-arm64' },
    });
    expect(plan.jobs.map(({ legs }) => legs)).toEqual([
      ['base/linux-amd64', 'web/linux-amd64'],
      ['base/linux-arm64', 'web/linux-arm64'],
    ]);
    expect(plan.fallbacks).toEqual([]);
  });

  test('not when that is switched off, nor when images were asked for by name', () => {
    const before = input([web, base], { verdicts: verdicts({ web: SAME, base: CHANGED }) });
    const names = (plan: Plan): readonly string[] => plan.images.map(({ name }) => name);
    expect(names(makePlan({ ...before, settings: settings({ rebuildDependents: false }) }))).toEqual([
      'base',
    ]);
    expect(names(makePlan({ ...before, event: { ...before.event, images: ['base'] } }))).toEqual(['base']);
  });

  test('what is not in the run must exist, unless it only gives the order', () => {
    const plan = makePlan(input([web], { verdicts: verdicts({ web: CHANGED }) }));
    expect(plan.fallbacks).toEqual([
      { image: 'web', dependency: 'base', repository: '', tag: 'base-latest' },
    ]);
    expect(plan.images[0]?.legs[0]?.dependencyTags).toEqual({ BASE_TAG: 'base-latest' });
    const ordered = image(configured('web'), { dependencies: [uses('base', 'order')] });
    expect(makePlan(input([ordered])).fallbacks).toEqual([]);
  });

  test('a target has a variable of its own', () => {
    const tool = image(configured('tool', { targets: ['debug'] }));
    const app = image(configured('app'), { dependencies: [uses('tool-debug', 'base', 'tool')] });
    const plan = makePlan(input([tool, app]));
    expect(plan.images[1]?.dependsOn).toEqual(['tool']);
    expect(plan.images[1]?.legs[0]).toMatchObject({
      needs: ['tool/debug/linux-amd64'],
      dependencyTags: { TOOL_DEBUG_TAG: 'tool-debug-20261120-a1b2c3d-amd64' },
    });
  });

  test('assets that are built once serve every platform; a base must have them all', () => {
    const assets = image(configured('assets'), { platforms: ['linux/amd64'] });
    const content = image(configured('web'), { dependencies: [uses('assets', 'content')] });
    expect(makePlan(input([assets, content])).images[1]?.legs[1]).toMatchObject({
      platform: 'linux/arm64',
      needs: ['assets/linux-amd64'],
      dependencyTags: { ASSETS_TAG: 'assets-20261120-a1b2c3d-amd64' },
    });
    const onTop = image(configured('web'), { dependencies: [uses('assets')] });
    expect(() => makePlan(input([assets, onTop]))).toThrowWithCode('CONFIG_PLATFORM');
  });

  test('dirt spreads into the tags of what is built on top', () => {
    const all = { base: { ...CHANGED, dirty: true }, web: SAME };
    const plan = makePlan(input([base, web], { verdicts: verdicts(all) }));
    expect(plan.images.map(({ tags }) => tags[0])).toEqual([
      'base-20261120-a1b2c3d-dirty',
      'web-20261120-a1b2c3d-dirty',
    ]);
  });
});

describe('what stands against a plan', () => {
  test('comes out all at once', () => {
    const a = image(configured('a', { additional_tags: ['b-latest', '${NOPE}'] }), {
      dependencies: [uses('a-b')],
    });
    const b = image(configured('a-b', { additional_tags: ['latest'] }), { dependencies: [uses('a')] });
    const all = (): unknown => makePlan(input([a, b], { settings: { tagFormat: '{name}-{x}' } }));
    for (const code of ['CONFIG_NAME_CLASH', 'CONFIG_CYCLE', 'CONFIG_VARIABLE', 'CONFIG_TAG'] as const) {
      expect(all).toThrowWithCode(code);
    }
  });

  test('two images with one variable, where one image needs both', () => {
    const app = image(configured('app'), { dependencies: [uses('my-base'), uses('my.base')] });
    expect(() => makePlan(input([app]))).toThrowWithCode('CONFIG_NAME_CLASH');
  });
});

test('merge requests push only where that is wanted', () => {
  expect([decidePush('push', 'auto'), decidePush('merge_request', 'auto')]).toEqual([true, false]);
  expect([decidePush('merge_request', 'always'), decidePush('push', 'never')]).toEqual([true, false]);
});

describe('a tag that stays as it is', () => {
  const fixed = {
    at: 'app/Dockerfile:1',
    reference: '${REGISTRY}:curl-latest',
    tag: 'curl-latest',
    instead: '${REGISTRY}:${CURL_TAG}',
  };
  const app = (tag = fixed.tag) =>
    image(configured('app'), { dependencies: [{ ...uses('curl'), fixed: { ...fixed, tag } }] });

  test('is told where this run makes what it names', () => {
    const { warnings } = makePlan(input([image(configured('curl')), app()]));
    expect(warnings).toEqual([
      'app/Dockerfile:1: ${REGISTRY}:curl-latest is the curl image of an earlier run; to use the image of this run, write ${REGISTRY}:${CURL_TAG} (in a Dockerfile, declare ARG CURL_TAG)',
    ]);
  });

  test('is not where it is all that there is, nor where somebody chose an old version', () => {
    const [curl, same] = [image(configured('curl')), verdicts({ app: CHANGED, curl: SAME })];
    expect(makePlan(input([curl, app()], { verdicts: same })).warnings).toEqual([]);
    expect(makePlan(input([curl, app('curl-8.1')])).warnings).toEqual([]);
    const tagged = image(configured('curl', { additional_tags: ['8.1'] }));
    expect(makePlan(input([tagged, app('curl-8.1')])).warnings).toHaveLength(1);
  });
});
