import { isMap, isSeq, parseDocument, type Document } from 'yaml';

/** What a YAML block of the documentation is an example of. */
export type BlockKind = 'workflow' | 'jobs' | 'steps' | 'gitlab' | 'config';

export interface YamlBlock {
  /** `docs/github.md:12` */
  readonly place: string;
  readonly kind: BlockKind;
  readonly text: string;
}

const FENCED = /^(?<indent> *)```ya?ml\n(?<text>[^]*?)^\k<indent>```$/gm;

/** Every YAML block of a Markdown file. None is passed over: what is nothing else has to be one of our configs. */
export function findYamlBlocks(file: string, markdown: string): YamlBlock[] {
  return [...markdown.matchAll(FENCED)].map(({ index, groups = {} }) => {
    const text = (groups['text'] ?? '').replaceAll(new RegExp(`^${groups['indent'] ?? ''}`, 'gm'), '');
    const line = markdown.slice(0, index).split('\n').length + 1;
    return { place: `${file}:${line}`, kind: kindOf(text), text };
  });
}

function kindOf(text: string): BlockKind {
  const document = parseDocument(text);
  if (isSeq(document.contents)) return 'steps';
  if (document.has('jobs') && document.has('on')) return 'workflow';
  if (hasItem(document, ['runs-on', 'uses'])) return 'jobs';
  return isGitlab(document) ? 'gitlab' : 'config';
}

/** A key whose value has one of these words. */
function hasItem({ contents }: Document, words: readonly string[]): boolean {
  return isMap(contents) && contents.items.some(({ value }) => words.some((word) => hasKey(value, word)));
}

/** Words of GitLab's that no config has. A job that overrides one of an include may have no script of its own. */
const PIPELINE_WORDS = ['include', 'stages', 'variables', 'workflow'];
const JOB_WORDS = ['script', 'before_script', 'trigger', 'extends', 'stage', 'needs', 'rules', 'tags'];

function isGitlab(document: Document): boolean {
  return (
    PIPELINE_WORDS.some((word) => isMap(document.contents) && document.has(word)) ||
    hasItem(document, JOB_WORDS)
  );
}

function hasKey(value: unknown, key: string): boolean {
  return isMap(value) && value.has(key);
}

/** As a whole workflow that refers to this checkout: actionlint checks the inputs of `./` references alone. */
export function toLocalWorkflow({ kind, text }: Pick<YamlBlock, 'kind' | 'text'>): string {
  const local = text
    .replaceAll(/uses: \S+\/hephy-builder\/(\.github\/workflows\/\S+\.yml)@\S+/g, 'uses: ./$1')
    .replaceAll(/uses: \S+\/hephy-builder@\S+/g, 'uses: ./');
  if (kind === 'workflow') return local;
  const called = 'on: push\njobs:\n  build:\n    uses: ./.github/workflows/build.yml\n';
  if (kind === 'jobs') return `${called}${local.replaceAll(/^/gm, '  ')}`;
  const steps = local.replaceAll(/^/gm, '      ');
  return `on: push\njobs:\n  example:\n    runs-on: ubuntu-24.04\n    steps:\n${steps}`;
}
