/** Whether pages can be rendered on this machine. */
import { browserVersion, findBrowser, NO_BROWSER } from '../../platform/browser/find-browser.ts'
import type { Findings } from './finding.ts'

/** @param setting `browser` */
export async function examineBrowser(findings: Findings, setting: string): Promise<void> {
  const { platform } = process
  const found = await findBrowser({ setting, path: process.env['PATH'] ?? '', platform })
  if (found !== undefined) {
    const version = await browserVersion(found.path, platform)
    return findings.ok('browser', `pages are rendered by ${version} (${found.path})`)
  }
  if (setting === '' || setting === NO_BROWSER) {
    return findings.ok('browser', 'no browser here: other members render pages, or none does')
  }
  findings.notice(
    'browser',
    `${setting}, which the setting browser names, is no program`,
    'Name the one of Chromium or Chrome, or leave the setting out: then it is looked for.',
  )
}
