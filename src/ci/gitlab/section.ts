import { showControls } from '../../system/terminal/text.ts';

/** GitLab shows the duration between start and end. https://docs.gitlab.com/ci/jobs/job_logs/#custom-collapsible-sections */
export function renderSectionStart(id: string, title: string, since: number): string {
  return `\x1b[0Ksection_start:${seconds(since)}:${id}[collapsed=true]\r\x1b[0K${showControls(title)}\n`;
}

export function renderSectionEnd(id: string): string {
  return `\x1b[0Ksection_end:${seconds(Date.now())}:${id}\r\x1b[0K\n`;
}

function seconds(time: number): number {
  return Math.floor(time / 1000);
}
