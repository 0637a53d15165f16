import { execFile } from 'node:child_process';
import { actionlint, checkJsonschema, gitlabCiLocal } from './surface-tools.ts';

/** What a linter found, in the words it used; empty when it is content. The exceptions are in .github/actionlint.yaml. */
export async function lintWorkflows(directory: string): Promise<string> {
  return run(actionlint(), ['-no-color', '-oneline', '-shellcheck=', '-pyflakes='], directory);
}

/** `schema`: `vendor.gitlab-ci` and the like, or a file. */
export async function checkSchema(schema: string, files: readonly string[]): Promise<string> {
  const chosen = schema.startsWith('vendor.') ? ['--builtin-schema', schema] : ['--schemafile', schema];
  const transform = schema === 'vendor.gitlab-ci' ? ['--data-transform', 'gitlab-ci'] : [];
  return run(checkJsonschema(), [...chosen, ...transform, ...files]);
}

export async function checkMetaschema(files: readonly string[]): Promise<string> {
  return run(checkJsonschema(), ['--check-metaschema', ...files]);
}

/** gitlab-ci-local's own check of the repository's `.gitlab-ci.yml`, which it reads with all that it includes. */
export async function checkPlayable(directory: string): Promise<string> {
  return run(gitlabCiLocal(), ['--list'], directory);
}

function run(file: string, args: readonly string[], cwd?: string): Promise<string> {
  return new Promise((resolve) => {
    const env = { PATH: process.env['PATH'], HOME: process.env['HOME'], LC_ALL: 'C.UTF-8' };
    execFile(file, [...args], { env, ...(cwd === undefined ? {} : { cwd }) }, (error, stdout, stderr) => {
      resolve(error ? `${stdout}${stderr}` || error.message : '');
    });
  });
}
