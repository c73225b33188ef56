/**
 * The page of a public link: made here, without any script, so that it works everywhere. What
 * people named their files stands in it as text alone.
 */
import { instant } from '../../../base/instant.ts'
import { KIB } from '../../../base/limits.ts'
import type { Entry } from '../../../services/files/types.ts'
import { mediaTypeFor } from '../../../wire/media-types.ts'
import { escaped } from '../escaped.ts'
import type { LinkProblem, LinkTexts } from './texts.ts'

export const LINK_STYLE_ADDRESS = '/s/link.css'

/** Nothing but this door’s own style, and pictures and films of the link itself. */
export const LINK_PAGE_POLICY = [
  "default-src 'none'",
  "style-src 'self'",
  "img-src 'self' data:",
  "media-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')

export interface ShownLimits {
  readonly expiresMs: number | undefined
  readonly downloadsLeft: number | undefined
}

export interface ShownFile extends ShownLimits {
  readonly entry: Entry
  /** Of its bytes, from the first slash on. */
  readonly address: string
}

export function filePage({ address, entry, ...limits }: ShownFile, texts: LinkTexts): string {
  const { bytes, modifiedMs, name } = entry
  const facts =
    `<dl><div><dt>${texts.size}</dt><dd>${sizeText(bytes, texts)}</dd></div>` +
    `<div><dt>${texts.modified}</dt><dd>${timeElement(modifiedMs, texts)}</dd></div></dl>`
  const isShown = SHOWN.test(mediaTypeFor(name))
  const view = isShown ? ` <a class="quiet" href="${escaped(address)}">${texts.view}</a>` : ''
  // Each look at a preview would be a download.
  const preview = limits.downloadsLeft === undefined ? previewOf(entry, address, texts) : ''
  return page(texts, {
    title: name,
    body:
      `<h1>${escaped(name)}</h1>${facts}` +
      `<p class="doings"><a class="button" href="${escaped(address)}?download=true" ` +
      `download>${texts.download}</a>${view}</p>${preview}${limitsText(limits, texts)}`,
  })
}

/** As doors send it to be shown, not saved. */
const SHOWN = /^(?:image|audio|video)\/|^text\/plain|^application\/pdf$/

/** Larger ones are looked at when somebody asks for them. */
const PREVIEW_BYTES_MAX = 16 * KIB * KIB

function previewOf({ bytes, name }: Entry, address: string, texts: LinkTexts): string {
  const [kind = ''] = mediaTypeFor(name).split('/')
  const label = escaped(texts.preview(name))
  const source = escaped(address)
  if (kind === 'image' && bytes <= PREVIEW_BYTES_MAX) {
    return `<figure><img src="${source}" alt="${label}"></figure>`
  }
  if (kind !== 'audio' && kind !== 'video') return ''
  const attributes = `controls preload="none" aria-label="${label}" src="${source}"`
  return `<figure><${kind} ${attributes}></${kind}></figure>`
}

export interface ShownFolder extends ShownLimits {
  /** From the link’s own folder down to the one that is shown. */
  readonly names: readonly string[]
  readonly entries: readonly Entry[]
  /** Behind the last one of them. */
  readonly cursor: string | undefined
  /** It does not begin with the first one. */
  readonly isFurther: boolean
}

export function folderPage(shown: ShownFolder, texts: LinkTexts): string {
  const { cursor, entries, isFurther, names } = shown
  const title = names.at(-1) ?? ''
  const first = isFurther ? `<p><a href="./">${texts.first}</a></p>` : ''
  const further =
    cursor === undefined
      ? ''
      : `<p><a rel="next" href="./?cursor=${encodeURIComponent(cursor)}">${texts.further}</a></p>`
  const list = entries.length === 0 ? `<p>${texts.empty}</p>` : table(entries, texts)
  return page(texts, {
    title,
    body: `${crumbs(names, texts)}<h1>${escaped(title)}</h1>${first}${list}${further}${limitsText(shown, texts)}`,
  })
}

function crumbs(names: readonly string[], texts: LinkTexts): string {
  if (names.length < 2) return ''
  const items = names.map((name, at) => {
    const up = '../'.repeat(names.length - 1 - at)
    return up === ''
      ? `<li aria-current="page">${escaped(name)}</li>`
      : `<li><a href="${up}">${escaped(name)}</a></li>`
  })
  return `<nav aria-label="${texts.where}"><ol>${items.join('')}</ol></nav>`
}

function table(entries: readonly Entry[], texts: LinkTexts): string {
  const rows = entries.map((entry) => row(entry, texts))
  const heads = [texts.name, texts.size, texts.modified]
    .map((head) => `<th scope="col">${head}</th>`)
    .join('')
  return (
    `<table><thead><tr>${heads}<td></td></tr></thead>` + `<tbody>${rows.join('')}</tbody></table>`
  )
}

function row({ bytes, kind, modifiedMs, name }: Entry, texts: LinkTexts): string {
  const isFolder = kind === 'folder'
  // The dot: a name with a colon would begin an address of its own.
  const address = `./${encodeURIComponent(name)}${isFolder ? '/' : ''}`
  const size = isFolder ? texts.folder : sizeText(bytes, texts)
  const save = isFolder
    ? ''
    : `<a href="${escaped(address)}?download=true" download ` +
      `aria-label="${escaped(texts.downloadOf(name))}">${texts.download}</a>`
  return (
    `<tr><th scope="row"><a href="${escaped(address)}">${escaped(name)}${isFolder ? '/' : ''}</a></th>` +
    `<td>${size}</td><td>${timeElement(modifiedMs, texts)}</td><td>${save}</td></tr>`
  )
}

export interface Locked {
  /** Of the link, where the form goes. */
  readonly address: string
  readonly problem: string | undefined
}

export function lockedPage({ address, problem }: Locked, texts: LinkTexts): string {
  const told =
    problem === undefined ? '' : `<p class="problem" id="problem" role="alert">${problem}</p>`
  const described = problem === undefined ? '' : ' aria-describedby="problem" aria-invalid="true"'
  return page(texts, {
    title: texts.lockedTitle,
    body:
      `<h1>${texts.lockedTitle}</h1><p>${texts.lockedText}</p>` +
      `<form method="post" action="${escaped(address)}">${told}` +
      `<label for="password">${texts.password}</label>` +
      '<input id="password" name="password" type="password" required autofocus ' +
      `autocomplete="off" maxlength="200"${described}>` +
      `<button type="submit">${texts.openIt}</button></form>`,
  })
}

export function problemPage(problem: LinkProblem, texts: LinkTexts): string {
  const { text, title } = texts.problems[problem]
  return page(texts, { title, body: `<h1>${title}</h1><p>${text}</p>` })
}

function page(
  texts: LinkTexts,
  { body, title }: { readonly title: string; readonly body: string },
): string {
  return (
    `<!doctype html><html lang="${texts.language}"><head><meta charset="utf-8">` +
    `<title>${escaped(title)}</title>` +
    '<meta name="viewport" content="width=device-width, initial-scale=1">' +
    '<meta name="robots" content="noindex"><link rel="icon" href="data:,">' +
    `<link rel="stylesheet" href="${LINK_STYLE_ADDRESS}"></head>` +
    `<body><main>${body}</main><footer>${texts.shared}</footer></body></html>`
  )
}

function limitsText({ downloadsLeft, expiresMs }: ShownLimits, texts: LinkTexts): string {
  const told = [
    ...(expiresMs === undefined ? [] : [texts.until(timeText(expiresMs, texts))]),
    ...(downloadsLeft === undefined ? [] : [texts.left(downloadsLeft)]),
  ]
  return told.length === 0 ? '' : `<p class="limits">${escaped(told.join(' '))}</p>`
}

function timeElement(atMs: number, texts: LinkTexts): string {
  return `<time datetime="${instant(atMs)}">${escaped(timeText(atMs, texts))}</time>`
}

/** Where the visitor is nobody knows: so it says of which zone it is. */
function timeText(atMs: number, { language }: LinkTexts): string {
  const form = { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' } as const
  return `${new Intl.DateTimeFormat(language, form).format(new Date(atMs))} UTC`
}

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const

function sizeText(bytes: number, { language }: LinkTexts): string {
  let rest = bytes
  let unit = 0
  while (rest >= KIB && unit < UNITS.length - 1) {
    rest /= KIB
    unit++
  }
  const maximumFractionDigits = unit === 0 || rest >= 100 ? 0 : 1
  const text = new Intl.NumberFormat(language, { maximumFractionDigits }).format(rest)
  return `${text} ${UNITS[unit] ?? ''}`
}

export const LINK_STYLE = `
:root { color-scheme: light dark; --ink: #1b1f24; --paper: #f6f7f9; --card: #fff; --line: #c5ccd6;
  --quiet: #55606e; --mark: #0b57c4; --on-mark: #fff; --bad: #b3261e }
@media (prefers-color-scheme: dark) {
  :root { --ink: #eceef1; --paper: #14171b; --card: #1c2026; --line: #3c4552; --quiet: #a7b1bf;
    --mark: #8ab8ff; --on-mark: #0d1b30; --bad: #ffb4ab }
}
* { box-sizing: border-box }
body { margin: 0; font: 16px/1.5 system-ui, sans-serif; color: var(--ink);
  background: var(--paper) }
main { max-width: 56rem; margin: 6vh auto 0; padding: 28px; background: var(--card);
  border: 1px solid var(--line); border-radius: 12px }
footer { max-width: 56rem; margin: 12px auto 32px; padding: 0 28px; color: var(--quiet);
  font-size: 14px }
h1 { margin: 0 0 12px; font-size: 22px; line-height: 1.3; overflow-wrap: anywhere }
p { margin: 12px 0 }
a { color: var(--mark) }
a:focus-visible, button:focus-visible, input:focus-visible, textarea:focus-visible {
  outline: 3px solid var(--mark); outline-offset: 2px }
nav ol { display: flex; flex-wrap: wrap; gap: 0 8px; margin: 0 0 8px; padding: 0; list-style: none }
nav li + li::before { content: "/ "; color: var(--quiet) }
dl { display: flex; flex-wrap: wrap; gap: 4px 28px; margin: 0 0 16px }
dl div { display: flex; gap: 8px }
dt { color: var(--quiet) } dd { margin: 0 }
.doings { display: flex; flex-wrap: wrap; gap: 16px; align-items: center }
.button, button { display: inline-block; min-height: 44px; padding: 9px 20px; font: inherit;
  font-weight: 600; color: var(--on-mark); background: var(--mark); border: 0; border-radius: 8px;
  text-decoration: none; cursor: pointer }
button.quiet { color: var(--mark); background: none; box-shadow: inset 0 0 0 1px var(--mark) }
p textarea { width: 100%; resize: none; font-family: ui-monospace, monospace;
  overflow-wrap: anywhere; user-select: all }
figure { margin: 20px 0 0 }
figure img, figure video { max-width: 100%; max-height: 70vh; border-radius: 8px }
figure audio { width: 100% }
table { width: 100%; border-collapse: collapse }
thead th { font-weight: 400; color: var(--quiet) }
th, td { padding: 9px 16px 9px 0; text-align: start; vertical-align: top;
  border-bottom: 1px solid var(--line) }
tbody th { font-weight: 400; overflow-wrap: anywhere }
td { white-space: nowrap; color: var(--quiet) }
td:last-child, th:last-child { padding-inline-end: 0; text-align: end }
.limits { color: var(--quiet); font-size: 14px }
form { display: grid; gap: 10px; max-width: 22rem; margin-top: 20px }
input, textarea { min-height: 44px; padding: 8px 12px; font: inherit; color: inherit;
  background: var(--paper); border: 1px solid var(--quiet); border-radius: 8px }
button { justify-self: start }
.problem { margin: 0; color: var(--bad); font-weight: 600 }
@media (max-width: 40rem) {
  main { margin: 0; border-width: 0 0 1px; border-radius: 0; padding: 20px }
  footer { padding: 0 20px }
  td:nth-child(3), thead th:nth-child(3) { display: none }
}
`
