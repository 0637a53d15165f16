// The parts of GitLab's files that are made: the inputs of the component, and the bundle that this release is.
import { createHash } from 'node:crypto';

const SOURCE = 'https://github.com/kingdon-ci/hephy-builder/releases/download';

/** By default whoever is asked for a token is Amazon; GitLab's default can only be one. */
const DEFAULTS = { id_token_audience: 'sts.amazonaws.com' };

export function renderIncludes({ include, component, settings, version, bundle }) {
  const sha256 = createHash('sha256').update(bundle).digest('hex');
  const pin = (text) =>
    text
      .replace(/^( +source: )'.*',$/m, `$1'${SOURCE}/v${version}/hephy.mjs',`)
      .replace(/^( +sha256: )'.*',$/m, `$1'${sha256}',`);
  const filled = fill(component, 'settings', settings.flatMap(renderInput));
  const variables = settings.map(
    ({ name }) => `    HEPHY_INPUT_${name.toUpperCase()}: $[[ inputs.${name} ]]`,
  );
  return {
    'gitlab/hephy-build.yml': pin(include),
    'templates/build.yml': pin(fill(filled, 'variables', variables)),
  };
}

function renderInput({ name, meaning, standard, kind }) {
  const text = `${meaning} ${capital(kind)}; by default ${standard}.`;
  return [
    `    ${name}:`,
    `      description: ${JSON.stringify(text)}`,
    `      default: ${JSON.stringify(DEFAULTS[name] ?? '')}`,
  ];
}

function capital(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Replaces what stands between `# <NAME>` and `# </NAME>`. */
function fill(text, name, lines) {
  const pattern = new RegExp(`^( *# <${name}>.*\\n)[^]*?(^ *# </${name}>)`, 'm');
  if (!pattern.test(text)) throw new Error(`the markers for ${name} are missing`);
  return text.replace(pattern, (_, open, close) => `${open}${lines.join('\n')}\n${close}`);
}
