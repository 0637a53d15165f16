import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startBuildkitd, type TestBuilder } from '../support/buildkitd.ts';
import { createGitRepo } from '../support/git-repo.ts';
import { hephy, type Said } from '../support/hephy.ts';
import { fileOf } from '../support/image-files.ts';
import { describeWith } from '../support/requirements.ts';
import { startRegistry, type TestRegistry } from '../support/registry.ts';

const CONFIG = 'build_backend: buildkit\nplatforms: [linux/amd64]\nadditional_tags: [latest]\n';

describeWith(['buildkit'], 'symbolic links with BuildKit', () => {
  let registry: TestRegistry;
  let builder: TestBuilder;

  beforeAll(async () => {
    registry = await startRegistry();
    builder = await startBuildkitd();
  });
  afterAll(async () => {
    await builder.stop();
    await registry.stop();
  });

  function build(cwd: string, shop: string): Promise<Said> {
    const args = ['build', '--all', '--registry', `${registry.host}/${shop}`];
    return hephy(args, { cwd, env: { BUILDKIT_HOST: builder.address } });
  }

  test('config, Dockerfile and context are followed inside the repository', async () => {
    const repo = await createGitRepo({
      'shared/config': `${CONFIG}context_path: context\ndockerfile_path: Dockerfile\n`,
      'shared/Dockerfile': 'FROM scratch\nCOPY . /\n',
      'real/file': 'content',
    });
    await repo.link('app/build-config.yaml', '../shared/config');
    await repo.link('app/Dockerfile', '../shared/Dockerfile');
    await repo.link('app/context', '../real');
    await repo.commit();
    expect(await build(repo.dir, 'inside')).toMatchObject({ code: 0 });
    expect(await fileOf(`${registry.host}/inside:app-latest`, 'file')).toBe('content');
  });

  test('a link in the context that leads out of it is a link in the image, and its target is not sent', async () => {
    const repo = await createGitRepo({
      'app/build-config.yaml': CONFIG,
      'app/Dockerfile': 'FROM scratch\nCOPY . /\n',
      'beside/file': 'content',
    });
    await repo.link('app/out', '../beside/file');
    await repo.commit();
    expect(await build(repo.dir, 'outside')).toMatchObject({ code: 0 });
    // The link has no content of its own.
    expect(await fileOf(`${registry.host}/outside:app-latest`, 'out')).toBe('');
    await repo.write({ 'app/Dockerfile': 'FROM scratch\nCOPY out /named\n' });
    await repo.commit();
    expect(await build(repo.dir, 'named')).toMatchObject({ code: 1 });
  });
});
