import type { Plan, PlanImage } from '../../domain/plan.ts';
import { platformArch } from '../../domain/platform.ts';
import type { ImageResult, LegResult, RunResult, State } from '../../domain/result.ts';
import { formatDigest, formatDuration, formatSizes } from '../measures.ts';
import { isUnchanged, MARKS, STATE_WORDS } from '../outcome.ts';
import { type Html, NOTHING, type Tag } from './html.ts';
import { renderTable, type Cell } from './table.ts';

/** The published images. */
export function renderResults(html: Tag, run: RunResult): Html {
  const columns = ['Image', 'Tags', 'Platforms', 'Built by', 'Time', 'Digest'];
  const rows = run.images.map((image) => resultRow(html, image));
  return renderTable(html, { columns, numbers: ['Time'], rows });
}

function resultRow(html: Tag, image: ImageResult): readonly Cell[] {
  const sizes = image.platforms.map(({ platform, size }) => {
    return html`<li class="nowrap">
      ${platformArch(platform)} <span class="soft">${formatSizes([size])}</span>
    </li>`;
  });
  const digest = image.digest;
  return [
    html`${image.name} ${chip(html, image.state)}`,
    digest === null ? NOTHING : listCodes(html, image.tags),
    sizes.length === 0
      ? NOTHING
      : html`<ul>
          ${sizes}
        </ul>`,
    html`<span class="nowrap">${image.backend}</span>`,
    image.durationMs === 0 ? NOTHING : formatDuration(image.durationMs),
    digest === null ? NOTHING : html`<code class="nowrap" title="${digest}">${formatDigest(digest)}</code>`,
  ];
}

/** The legs of one job. */
export function renderLegs(html: Tag, run: RunResult): Html {
  const columns = ['Leg', 'Built by', 'Time', 'Size', 'Tag', 'Digest'];
  const rows = run.legs.map((leg) => legRow(html, leg));
  return renderTable(html, { columns, numbers: ['Time', 'Size'], rows });
}

function legRow(html: Tag, leg: LegResult): readonly Cell[] {
  const isThere = leg.digest !== null;
  return [
    html`${leg.id} ${chip(html, leg.state)}`,
    leg.emulated && leg.state === 'built' ? `${leg.backend}, emulated` : leg.backend,
    leg.durationMs === 0 ? NOTHING : formatDuration(leg.durationMs),
    leg.size === null ? NOTHING : formatSizes([leg.size]),
    isThere ? html`<code>${leg.tag}</code>` : NOTHING,
    isThere
      ? html`<code class="nowrap" title="${leg.digest ?? ''}">${formatDigest(leg.digest ?? '')}</code>`
      : NOTHING,
  ];
}

/** The planned images, and why each is built. */
export function renderPlanned(html: Tag, plan: Plan): Html {
  const rows = plan.images.map((image) => [
    html`${image.name} ${chip(html, isUnchanged(image) ? 'unchanged' : 'planned')}`,
    image.why,
    html`${image.backend} <span class="soft">${image.reason}</span>`,
    html`<span class="nowrap">${image.platforms.map(platformArch).join(' ')}</span>`,
    listCodes(html, image.tags),
  ]);
  return renderTable(html, { columns: ['Image', 'Why', 'Built by', 'Platforms', 'Tags'], rows });
}

/** Only the reasons, shown below the results. */
export function renderReasons(html: Tag, plan: Plan): Html {
  const rows = plan.images.map((image: PlanImage) => [
    html`${image.name}`,
    image.why,
    html`${image.backend} <span class="soft">${image.reason}</span>`,
    html`<code>${image.config}</code>`,
  ]);
  return renderTable(html, { columns: ['Image', 'Why it was built', 'Built by', 'Config'], rows });
}

export function renderJobs(html: Tag, plan: Plan): Html {
  const rows = plan.jobs.map(({ id, runner, legs }) => [
    html`${id}`,
    runner.join(' '),
    listCodes(html, legs),
  ]);
  return renderTable(html, { columns: ['Job', 'Runner', 'Legs'], rows });
}

export function renderSkipped(html: Tag, plan: Plan): Html {
  const rows = plan.skipped.map(({ dir, name, reason }) => [html`${name ?? dir}`, reason]);
  return renderTable(html, { columns: ['Image', 'Reason'], rows });
}

function chip(html: Tag, state: State | 'planned'): Html {
  const word = STATE_WORDS[state];
  return html`<span class="chip ${state}"><span aria-hidden="true">${MARKS[state]}</span> ${word}</span>`;
}

function listCodes(html: Tag, texts: readonly string[]): Html {
  return html`<ul>
    ${texts.map((text) => html`<li><code>${text}</code></li>`)}
  </ul>`;
}
