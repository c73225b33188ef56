/**
 * `docs/spec/refusals.md`, made of the cases that the tests try. As a program it writes the page.
 */
import { writeFile } from 'node:fs/promises'

import { HOSTILE } from '../fixtures/hostile-cases.ts'

const INTRODUCTION = `# What a hostile site gets

One site of the tests does all of this (\`test/fixtures/hostile-cases.ts\`, of which this page
is made). Each case is tried over real sockets, and leaves no connection open
(\`test/scrape/hostile.test.ts\`). A real member downloads all of it, and crawls it to its end,
while its memory is looked at (\`test/interop/hostile.interop.ts\`). Names with forbidden
addresses among their own, and name servers that change their mind between two questions, are
tried with a resolver of the tests (\`address-gate.test.ts\`, \`fetch-page.test.ts\`);
robots.txt, calendars and sitemaps in \`test/scrape/hostile-crawl.test.ts\`. What the codes
mean says [ERRORS](../ERRORS.md); the limits behind them [scrape](../scrape.md#limits).

“Kept” is a page like any other.
`

export function refusalsPage(): string {
  const groups = HOSTILE.map(({ cases, title }) => {
    const rows = cases.map(({ does, told }) => {
      const shown = told.startsWith('kept') ? told.replace(' 200', '') : `\`${told}\``
      return `| ${does} | ${shown} |`
    })
    return `\n## ${title}\n\n| the site | the asker is told |\n| --- | --- |\n${rows.join('\n')}\n`
  })
  return INTRODUCTION + groups.join('')
}

if (import.meta.main) {
  await writeFile(new URL('../../docs/spec/refusals.md', import.meta.url), refusalsPage())
}
