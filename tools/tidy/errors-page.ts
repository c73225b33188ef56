/** `docs/ERRORS.md`, written from the one table of errors. */
import type { ErrorRow } from '../../src/base/error-row.ts'
import { ERRORS } from '../../src/base/errors.ts'

/** The page that tells people and programs every code. */
export const ERRORS_PAGE = 'docs/ERRORS.md'

const HEAD = `# Errors

Every failure that a person or a program can meet has a code. Codes are stable: match on them, not
on the text. Over HTTP an error is \`application/problem+json\` with the code in \`code\`, and its
sentence in English or Spanish, as \`Accept-Language\` asks; the command line prints the sentence,
and with \`--json\` the code.

*Again* tells whether the same request may help: *never* (change it first), *later* (after a while),
*elsewhere* (at another member). Words in braces are filled in.

This page is written from \`src/base/errors.ts\` by \`npm run format\`; a test holds both together.

| code | HTTP | again | sentence |
|---|---|---|---|
`

/** The whole page. */
export function errorsPage(): string {
  const rows = Object.entries<ErrorRow>(ERRORS).map(
    ([code, { httpStatus, retry, text }]) =>
      `| \`${code}\` | ${httpStatus} | ${retry} | ${text.replaceAll('|', '\\|')} |\n`,
  )
  return HEAD + rows.join('')
}

/** The codes that a page tells, for the test of both directions. */
export function codesOnPage(page: string): readonly string[] {
  return [...page.matchAll(/^\| `([A-Z][A-Z0-9_]*)` \|/gm)].map(([, code]) => code ?? '')
}
