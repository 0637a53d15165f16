import type { Plan } from '../domain/plan.ts';
import { variableNames } from '../domain/published.ts';
import { quoteWord } from '../domain/shell-quote.ts';

/** The published images as lines of a shell: each one's repository, and the tag that only this run's image has. */
export function renderImageVariables(plan: Plan, registry: string): string {
  if (!plan.run.push) return '';
  const outputs = plan.images.flatMap((image) => image.outputs);
  const others = plan.skipped.flatMap(({ name }) => name ?? []);
  const names = variableNames([...outputs.map(({ name }) => name), ...others]);
  return outputs
    .map(({ name, repository, tags: [tag = ''] }) => {
      const variable = names.get(name) ?? '';
      const place = repository === '' ? registry : `${registry}/${repository}`;
      return `HEPHY_IMAGE_${variable}=${quoteWord(`${place}:${tag}`)}\nHEPHY_TAG_${variable}=${quoteWord(tag)}\n`;
    })
    .join('');
}
