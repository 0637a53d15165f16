/** Replaces a secret. */
const MASK = '***';
const REGISTRY = '<ECR-REGISTRY>';

/** Masking shorter values would make output unreadable, and a secret of three letters protects nothing. */
const SHORTEST = 4;
/** If a secret is split at the end of a line, parts of at least this length are masked too. */
const PIECE = 8;

/** An ECR host contains the account ID. https://docs.aws.amazon.com/general/latest/gr/ecr.html, with .cn, FIPS and dual-stack. */
const ECR =
  /(?:\d{12}|\*\*\*)\.dkr[.-]ecr(?:-fips)?\.[a-z0-9-]{1,40}\.(?:amazonaws\.(?:com(?:\.cn)?|eu)|on\.(?:aws|amazonwebservices\.com\.cn)|(?:c2s\.ic|sc2s\.sgov)\.gov)/gi;

export interface Redactor {
  /** Masks this value and its usual encodings from now on. */
  add(secret: string): void;
  /** The `redact` setting: whether hosts of ECR registries are masked. Default: they are. */
  hideHosts(on: boolean): void;
  /** Masks secrets in any text: a line of output, or a whole document. */
  redact(text: string): string;
}

/** Masks secrets. All output passes through the one redactor of the run. */
export function createRedactor(): Redactor {
  let hosts = true;
  const forms = new Set<string>();
  let pattern: RegExp | undefined;

  function add(secret: string): void {
    for (const form of formsOf(secret)) forms.add(form);
    pattern = undefined;
  }

  function redact(text: string): string {
    if (forms.size === 0) return hosts ? text.replace(ECR, REGISTRY) : text;
    pattern ??= anyOf(forms);
    const whole = text.replace(pattern, MASK).split('\n');
    const masked = whole.map((line) => maskPieces(line, forms)).join('\n');
    return hosts ? masked.replace(ECR, REGISTRY) : masked;
  }

  return {
    add,
    redact,
    hideHosts: (on) => {
      hosts = on;
    },
  };
}

function anyOf(forms: ReadonlySet<string>): RegExp {
  const longestFirst = [...forms].sort((a, b) => b.length - a.length);
  return new RegExp(longestFirst.map((form) => form.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')).join('|'), 'g');
}

/** The value itself, its lines (output is processed by line), and its encodings in JSON, URLs and base64. */
function formsOf(secret: string): string[] {
  const value = secret.trim();
  if (value.length < SHORTEST) return [];
  const lines = value.split(/\r?\n/).map((line) => line.trim());
  const encoded = [JSON.stringify(value).slice(1, -1), encodeURIComponent(wellFormed(value))];
  const base64 = [value, ...lines.filter((line) => line.length >= PIECE)].flatMap(base64Forms);
  return [value, ...lines, ...encoded, ...base64].filter((form) => form.length >= SHORTEST);
}

/** `encodeURIComponent` throws for an unpaired surrogate, so it is replaced. */
function wellFormed(value: string): string {
  return Buffer.from(value).toString();
}

/** Within a longer text, the base64 of a value has three variants, by its offset; the edges share bits with the rest. */
function base64Forms(value: string): string[] {
  const shifted = [0, 1, 2].map((shift) => {
    const bytes = Buffer.concat([Buffer.alloc(shift), Buffer.from(value)]);
    const text = bytes.toString('base64').replace(/=+$/, '');
    const start = shift === 0 ? 0 : shift + 1;
    return text.slice(start, bytes.length % 3 === 0 ? undefined : -1);
  });
  const forms = [Buffer.from(value).toString('base64'), ...shifted];
  return [...forms, ...forms.map((form) => form.replaceAll('+', '-').replaceAll('/', '_'))];
}

/** Masks parts of a secret that a tool split by wrapping lines: at the end of one line and the start of the next. */
function maskPieces(line: string, forms: ReadonlySet<string>): string {
  let masked = line;
  for (const form of forms) {
    if (form.length <= PIECE) continue;
    masked = maskEnd(maskStart(masked, form), form);
    if (masked.length >= 2 * PIECE && form.includes(masked)) return MASK;
  }
  return masked;
}

function maskEnd(text: string, form: string): string {
  const head = form.slice(0, PIECE);
  for (let at = text.indexOf(head); at >= 0; at = text.indexOf(head, at + 1)) {
    if (form.startsWith(text.slice(at))) return text.slice(0, at) + MASK;
  }
  return text;
}

function maskStart(text: string, form: string): string {
  const tail = form.slice(-PIECE);
  for (let at = text.lastIndexOf(tail); at >= 0; at = at === 0 ? -1 : text.lastIndexOf(tail, at - 1)) {
    if (form.endsWith(text.slice(0, at + PIECE))) return MASK + text.slice(at + PIECE);
  }
  return text;
}
