import { showControls } from '../../system/text.ts';

/** https://docs.gitlab.com/ci/jobs/job_logs/#custom-collapsible-sections */
export function renderSectionStart(id: string, title: string): string {
  return `\x1b[0Ksection_start:${seconds()}:${id}[collapsed=true]\r\x1b[0K${showControls(title)}\n`;
}

export function renderSectionEnd(id: string): string {
  return `\x1b[0Ksection_end:${seconds()}:${id}\r\x1b[0K\n`;
}

function seconds(): number {
  return Math.floor(Date.now() / 1000);
}
