import { parseAllDocuments } from 'yaml';

interface Input {
  readonly default?: unknown;
  readonly type?: string;
  readonly options?: readonly unknown[];
}

export interface Component {
  /** The document above the `---`, which says what inputs there are. */
  readonly header: unknown;
  /** The document below it, with each input's default put in, as GitLab does before it reads the pipeline. */
  readonly pipeline: unknown;
}

const WHOLE = /^\$\[\[\s*inputs\.([\w-]+)[^\]]*\]\]$/;
const PART = /\$\[\[\s*inputs\.([\w-]+)[^\]]*\]\]/g;

/** https://docs.gitlab.com/ci/inputs: a component file is two YAML documents, and no linter reads more than one. */
export function readComponent(text: string): Component {
  const [header, pipeline, ...more] = parseAllDocuments(text).map((document): unknown => document.toJS());
  if (pipeline === undefined || more.length > 0) throw new Error('a component has two documents');
  const inputs = inputsOf(header);
  return { header, pipeline: fillIn(pipeline, (name) => defaultOf(name, inputs)) };
}

function inputsOf(header: unknown): Readonly<Record<string, Input | null>> {
  const { spec } = header as { spec?: { inputs?: Record<string, Input | null> } };
  return spec?.inputs ?? {};
}

function defaultOf(name: string, inputs: Readonly<Record<string, Input | null>>): unknown {
  if (!Object.hasOwn(inputs, name)) throw new Error(`there is no input ${name}`);
  const input = inputs[name];
  return input?.default ?? input?.options?.[0] ?? 'something';
}

function fillIn(value: unknown, valueOf: (name: string) => unknown): unknown {
  if (typeof value === 'string') return fillInText(value, valueOf);
  if (Array.isArray(value)) return value.map((item) => fillIn(item, valueOf));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, item]) => [
    String(fillInText(key, valueOf)),
    fillIn(item, valueOf),
  ]);
  return Object.fromEntries(entries);
}

/** An expression that is the whole text keeps its type. */
function fillInText(text: string, valueOf: (name: string) => unknown): unknown {
  const whole = WHOLE.exec(text)?.[1];
  if (whole !== undefined) return valueOf(whole);
  return text.replaceAll(PART, (_, name: string) => String(valueOf(name)));
}
