/**
 * The page on which people let an application in: made here, without any script. What an
 * application calls itself stands in it as text alone.
 */
import type { App } from '../../../services/accounts/app-types.ts'
import { escaped } from '../escaped.ts'
import { LINK_STYLE_ADDRESS } from '../links/link-page.ts'
import type { AuthorizeTexts } from './authorize-texts.ts'

/** A form may send the browser on to the application alone. @param target of it, as a source */
export function authorizePolicy(target: string | undefined): string {
  return [
    "default-src 'none'",
    "style-src 'self'",
    'img-src data:',
    `form-action 'self'${target === undefined ? '' : ` ${target}`}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}

export interface Asking {
  readonly app: App
  readonly scopes: readonly string[]
  /** Sent again with the form. */
  readonly fields: Readonly<Record<string, string>>
  readonly nick: string
  readonly problem: string | undefined
}

export function askingPage(
  { app, fields, nick, problem, scopes }: Asking,
  texts: AuthorizeTexts,
): string {
  const name = escaped(app.name)
  const hidden = Object.entries(fields)
    .map(([field, value]) => `<input type="hidden" name="${field}" value="${escaped(value)}">`)
    .join('')
  const told =
    problem === undefined
      ? ''
      : `<p class="problem" id="problem" role="alert">${escaped(problem)}</p>`
  const described = problem === undefined ? '' : ' aria-describedby="problem" aria-invalid="true"'
  const website =
    app.website === undefined
      ? ''
      : ` <a href="${escaped(app.website)}" rel="nofollow noopener noreferrer">${texts.website}</a>`
  return page(texts, {
    title: texts.title(app.name),
    body:
      `<h1>${escaped(texts.title(app.name))}</h1>` +
      `<p>${texts.asks(name)}${website}</p><ul>${mayList(scopes, texts)}</ul>` +
      `<p class="limits">${texts.mayNot}</p>` +
      `<form method="post" action="/oauth/authorize">${hidden}${told}` +
      `<label for="nick">${texts.nick}</label>` +
      '<input id="nick" name="username" required autocomplete="username" autocapitalize="none" ' +
      `spellcheck="false" maxlength="120" value="${escaped(nick)}"${described}` +
      `${nick === '' ? ' autofocus' : ''}>` +
      `<label for="password">${texts.password}</label>` +
      '<input id="password" name="password" type="password" required ' +
      `autocomplete="current-password" maxlength="800"${described}` +
      `${nick === '' ? '' : ' autofocus'}>` +
      `<div class="doings"><button type="submit" name="decision" value="allow">${texts.allow}</button>` +
      '<button type="submit" name="decision" value="deny" formnovalidate class="quiet">' +
      `${texts.deny}</button></div></form>`,
  })
}

/** Each once: `read` also where only a part of it is asked for. */
function mayList(scopes: readonly string[], { may }: AuthorizeTexts): string {
  const wholes = ['read', 'write', 'follow', 'push', 'profile'] as const
  return wholes
    .filter((whole) => scopes.some((scope) => scope === whole || scope.startsWith(`${whole}:`)))
    .map((whole) => `<li>${may[whole]}</li>`)
    .join('')
}

export function codePage(app: App, code: string, texts: AuthorizeTexts): string {
  return page(texts, {
    title: texts.codeTitle,
    body:
      `<h1>${texts.codeTitle}</h1><p>${texts.codeText(escaped(app.name))}</p>` +
      `<p><textarea readonly rows="2" aria-label="${texts.code}">${escaped(code)}</textarea></p>` +
      `<p class="limits">${texts.codeEnds}</p>`,
  })
}

export function toldPage(
  { text, title }: { readonly title: string; readonly text: string },
  texts: AuthorizeTexts,
): string {
  return page(texts, { title, body: `<h1>${escaped(title)}</h1><p>${escaped(text)}</p>` })
}

function page(
  { language }: AuthorizeTexts,
  { body, title }: { readonly title: string; readonly body: string },
): string {
  return (
    `<!doctype html><html lang="${language}"><head><meta charset="utf-8">` +
    `<title>${escaped(title)}</title>` +
    '<meta name="viewport" content="width=device-width, initial-scale=1">' +
    '<meta name="robots" content="noindex"><link rel="icon" href="data:,">' +
    `<link rel="stylesheet" href="${LINK_STYLE_ADDRESS}"></head>` +
    `<body><main>${body}</main><footer>anillo</footer></body></html>`
  )
}
