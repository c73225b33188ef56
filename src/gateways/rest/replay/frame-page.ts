/**
 * The page around an archived page: a bar with its address, its time and its other versions, and
 * the page itself in a frame, which it can neither leave nor paint over.
 */
import { digitsOf, replayPath } from '../../../services/scrape/replay/replay-address.ts'
import type { PageVersion } from '../../../wire/api-pages.ts'
import { escaped } from '../escaped.ts'
import type { ReplayTexts } from './texts.ts'

export interface Shown {
  readonly url: string
  readonly title: string
  /** Newest first, `version` among them. */
  readonly versions: readonly PageVersion[]
  readonly version: PageVersion
  /** From its first slash on; `undefined`: it is a file, and browsers cannot show it. */
  readonly frame: string | undefined
}

/** The only policy with which scripts of this door run: its own, and none of the page. */
export const FRAME_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "frame-src 'self'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

export function framePage(shown: Shown, texts: ReplayTexts): string {
  const { frame, title, url, version } = shown
  const name = title === '' ? url : title
  return document({
    texts,
    title: `${name} (${dateText(version.at, texts)})`,
    script: true,
    body: `${bar(shown, texts)}${frame === undefined ? file(shown, texts) : framed(frame, name, texts)}`,
  })
}

export interface NotHeld {
  /** As it was asked for. */
  readonly asked: string
  /** Canonical; `undefined`: it is no address that could be held. */
  readonly url: string | undefined
  readonly nearest: readonly { readonly url: string; readonly path: string }[]
}

export function notHeldPage({ asked, nearest, url }: NotHeld, texts: ReplayTexts): string {
  const links = nearest.map(
    (near) => `<li><a href="${escaped(near.path)}">${escaped(near.url)}</a></li>`,
  )
  const list =
    links.length === 0
      ? `<p>${texts.noneNear}</p>`
      : `<h2>${texts.nearest}</h2><ul>${links.join('')}</ul>`
  const live = url === undefined ? '' : `<p>${liveLink(url, texts)}</p>`
  const lead = url === undefined ? texts.notReadable : texts.notHeldOf
  return document({
    texts,
    title: texts.notHeld,
    script: false,
    body:
      `<main class="none"><h1>${texts.notHeld}</h1><p>${lead}</p>` +
      `<p class="address">${escaped((url ?? asked).slice(0, SHOWN_CHARS_MAX))}</p>${live}` +
      `${url === undefined ? '' : list}</main>`,
  })
}

const SHOWN_CHARS_MAX = 2_048

interface Parts {
  readonly texts: ReplayTexts
  readonly title: string
  readonly script: boolean
  readonly body: string
}

function document({ body, script, texts, title }: Parts): string {
  return (
    `<!doctype html><html lang="${texts.language}"><head><meta charset="utf-8">` +
    `<title>${escaped(title)}</title>` +
    '<meta name="viewport" content="width=device-width, initial-scale=1">' +
    '<link rel="icon" href="data:,"><link rel="stylesheet" href="/-/replay.css">' +
    `${script ? '<script src="/-/replay.js" defer></script>' : ''}</head><body>${body}</body></html>`
  )
}

function bar(shown: Shown, texts: ReplayTexts): string {
  const { url, version, versions } = shown
  const at = versions.indexOf(version)
  const beside = (to: PageVersion | undefined, text: string, relation: string): string =>
    to === undefined
      ? `<span class="step step--none">${text}</span>`
      : `<a class="step" rel="${relation}" href="${pathOf(url, to)}">${text}</a>`
  return (
    `<header class="bar"><div class="what"><h1><span class="mark">${texts.archived}</span> ` +
    `<span class="address">${escaped(url)}</span></h1>` +
    `<p>${texts.asOf} <time datetime="${version.at}">${dateText(version.at, texts)}</time> · ` +
    `${liveLink(url, texts)}</p></div>` +
    `<nav class="versions" aria-label="${texts.versions}">` +
    `${beside(versions[at + 1], texts.earlier, 'prev')}${timeLine(shown, texts)}` +
    `${beside(at > 0 ? versions[at - 1] : undefined, texts.later, 'next')}</nav></header>`
  )
}

/** Where the line is divided: versions of one stretch are one mark. */
const MARKS_MAX = 40

/** Marks of versions by their time, oldest on the left; each leads to the newest of its stretch. */
function timeLine({ url, version, versions }: Shown, texts: ReplayTexts): string {
  const newestMs = Date.parse(versions[0]?.at ?? version.at)
  const oldestMs = Date.parse(versions.at(-1)?.at ?? version.at)
  const stretchMs = Math.max(1, (newestMs - oldestMs) / (MARKS_MAX - 1))
  const marks = Map.groupBy(versions.toReversed(), ({ at }) =>
    versions.length === 1 ? MARKS_MAX / 2 : Math.round((Date.parse(at) - oldestMs) / stretchMs),
  )
  const drawn = Array.from(marks, ([place, of]) => {
    const isShown = of.includes(version)
    const to = isShown ? version : (of.at(-1) ?? version)
    const last = dateText(to.at, texts)
    const label = of.length === 1 ? last : texts.several({ count: of.length, last })
    const x = `${(3 + (94 * place) / MARKS_MAX).toFixed(1)}%`
    return (
      `<a href="${pathOf(url, to)}" aria-label="${label}"${isShown ? ' aria-current="true"' : ''}>` +
      `<title>${label}</title><circle cx="${x}" cy="50%" r="${isShown ? 6 : 4}"/></a>`
    )
  })
  return `<svg class="line" height="24"><rect x="2%" y="11" width="96%" height="2"/>${drawn.join('')}</svg>`
}

function framed(frame: string, name: string, texts: ReplayTexts): string {
  return (
    `<main class="shown"><iframe class="page" src="${escaped(frame)}" title="${escaped(texts.frame(name))}" ` +
    'sandbox="allow-scripts allow-forms" allow=""></iframe></main>'
  )
}

function file({ url, version }: Shown, texts: ReplayTexts): string {
  const path = `/${digitsOf(version.at)}id_/${escaped(url)}`
  return (
    `<main class="none"><p>${escaped(texts.file(version.contentType))}</p>` +
    `<p><a href="${path}" download>${texts.save}</a></p></main>`
  )
}

function liveLink(url: string, texts: ReplayTexts): string {
  return `<a href="${escaped(url)}" rel="noreferrer noopener">${texts.live}</a>`
}

function pathOf(url: string, { at }: PageVersion): string {
  return escaped(replayPath({ digits: digitsOf(at) }, url))
}

function dateText(at: string, { language }: ReplayTexts): string {
  const form = { dateStyle: 'long', timeStyle: 'medium', timeZone: 'UTC' } as const
  return `${new Intl.DateTimeFormat(language, form).format(new Date(at))} UTC`
}
