import { openHistory, type History, type HistoryOptions } from '../changes/history.ts';
import type { PlanImage } from '../domain/plan.ts';

/** The git history of each repository that images of a run are built from, opened once. */
export interface Histories {
  of(image: Pick<PlanImage, 'source'>): History;
  close(): Promise<void>;
}

export function openHistories(place: Omit<HistoryOptions, 'url'>): Histories {
  const opened = new Map<string, History>();
  return {
    of: ({ source }) => {
      const url = source.kind === 'upstream' ? source.repo : undefined;
      const key = url ?? '';
      const history = opened.get(key) ?? openHistory({ ...place, ...(url !== undefined && { url }) });
      opened.set(key, history);
      return history;
    },
    close: async () => void (await Promise.all([...opened.values()].map((history) => history.close()))),
  };
}
