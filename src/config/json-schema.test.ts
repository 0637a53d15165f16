import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { Ajv } from 'ajv';
import { parse } from 'yaml';
import { checkFile } from './check-file.ts';
import { renderJsonSchemas } from './json-schema.ts';
import { ProjectConfig } from './project-schema.ts';
import { ImageConfig } from './schema.ts';

const rendered = renderJsonSchemas();

test.each(Object.keys(rendered))('%s is fresh', (path) => {
  expect(readFileSync(path, 'utf8')).toBe(rendered[path]);
});

function accepts(path: string): (text: string) => boolean {
  const validate = new Ajv({ allowUnionTypes: true }).compile(JSON.parse(rendered[path] ?? ''));
  // An editor reads YAML by its usual rules: `1.10` is a number to it.
  return (text) => validate(parse(text, { merge: true }) ?? {});
}

const editorOnConfig = accepts('schema/build-config.schema.json');
const editorOnProject = accepts('schema/project.schema.json');

const GOOD = [
  '',
  'build_backend: ko',
  'build_backend:',
  'ci_platform: gitlab\nname: api',
  'name: 1.10',
  'use_local_context: true',
  'use_local_context: yes',
  'use_local_context: "True"',
  'upstream_repo: https://example.com/a.git\nupstream_ref: 1.10',
  'target: ""\ntargets: []',
  'target: 0',
  'targets: [a, b-c]',
  'build_args: []',
  'build_args: [A=1, B]',
  'build_args: {A: 1, B: true, C: }',
  'secrets: [{id: a, env: B}, {id: c, file: d}]',
  'platforms: [linux/amd64, wasi/wasm32]',
  'platforms: null',
  'additional_tags: [latest, 1.10, 012, no, "{version}"]',
  'depends_on: [a]\nwatch: ["x/**"]',
  'labels: {a: 1.10, b: }\nannotations: {c: d}',
  'cache: false',
  'cache: on',
  'cache: {mode: max, ref: r/c}',
  'ko_config: {import_path: ./x, platforms: [linux/amd64], env: [A=1], flags: [-v], ldflags: ["-s"], working_dir: /app, sbom: spdx}',
  'ko_config: {env: null, sbom: false}',
  'ko_config:',
  'spin_config: {manifest_path: a.toml, runtime: wasi, build: no}',
  'manual_build: true\nmanual_images: {amd64: a, linux/arm64: b, arm64: }',
  'deploy: {target: kubernetes, replicas: 2, more: {a: [b]}}',
  'labels: &l {a: b}\nannotations: {<<: *l, c: d}',
];

const BAD = [
  '- a',
  'text',
  'dockerfile: x',
  'build_backend: docker',
  'build_backend: [ko]',
  'ci_platform: both',
  'name: [a]',
  'use_local_context: maybe',
  'use_local_context: 1',
  'target: -x',
  'target: a b',
  'targets: a',
  'targets: [null]',
  'build_args: A=1',
  'build_args: [1]',
  'build_args: [A-B=1]',
  'build_args: {A-B: 1}',
  'build_args: {A: [1]}',
  'secrets: {id: a}',
  'secrets: [{env: A}]',
  'secrets: [{id: "a b", env: A}]',
  'secrets: [{id: a, env: "A B"}]',
  'secrets: [{id: a, value: A}]',
  'platforms: linux/amd64',
  'platforms: [linux/amd46]',
  'platforms: [amd64]',
  'additional_tags: [null]',
  'additional_tags: [""]',
  'depends_on: [[a]]',
  'labels: [a]',
  'labels: {"a=b": c}',
  'labels: {a: {b: c}}',
  'cache: maybe',
  'cache: {mode: most}',
  'cache: {size: 1}',
  'ko_config: {env: [A]}',
  'ko_config: {ldflag: [x]}',
  'ko_config: {sbom: cyclone}',
  'spin_config: {runtime: slight}',
  'manual_images: {x86: a}',
  'manual_images: [a]',
  'deploy: kubernetes',
  'deploy: {target: nomad}',
];

const GOOD_PROJECT = [
  'registry: r.example.com/a\nlayout: tag\ntag_format: "{name}"',
  'ignore: []',
  'runners: {amd64: a, linux/arm64: [b, c]}',
  'backend: auto\njobs: 2\nmax_jobs: "3"',
  'backend: {api: ko, web: auto}',
  'fan_out: single\nrebuild: always\nrebuild_dependents: no\npush: never\nredact: true',
  'insecure_registries: ["r:5000"]\ndeploy: {target: hephy}',
  'defaults: {platforms: [linux/arm64], ko_config: {sbom: none}}',
];

const BAD_PROJECT = [
  'layout: flat',
  'ignore: docs',
  'ignore: [null]',
  'runners: {x86: a}',
  'runners: {amd64: {a: b}}',
  'backend: docker',
  'backend: {api: docker}',
  'backend: [ko]',
  'jobs: 0',
  'jobs: 1.5',
  'jobs: many',
  'push: maybe',
  'redact: 3',
  'defaults: {platform: x}',
  'name: x',
];

test.each([...GOOD.map((text) => ({ text, good: true })), ...BAD.map((text) => ({ text, good: false }))])(
  'build-config.yaml: $text',
  ({ text, good }) => {
    expect(checkFile(ImageConfig, { file: 'f', bytes: Buffer.from(text) }).problems.length === 0).toBe(good);
    expect(editorOnConfig(text)).toBe(good);
  },
);

test.each([
  ...GOOD_PROJECT.map((text) => ({ text, good: true })),
  ...BAD_PROJECT.map((text) => ({ text, good: false })),
])('project.yaml: $text', ({ text, good }) => {
  expect(checkFile(ProjectConfig, { file: 'f', bytes: Buffer.from(text) }).problems.length === 0).toBe(good);
  expect(editorOnProject(text)).toBe(good);
});
