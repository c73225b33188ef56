/** Files of the replay door itself. One of them runs within archived pages. */

export interface Asset {
  readonly type: string
  readonly text: string
}

const STYLE = `
:root { color-scheme: light dark; --ink: #1b1f24; --paper: #f6f7f9; --line: #5b6472;
  --mark: #0b57c4 }
@media (prefers-color-scheme: dark) {
  :root { --ink: #eceef1; --paper: #1c2026; --line: #9aa4b2; --mark: #8ab8ff }
}
* { box-sizing: border-box; margin: 0 }
html, body { height: 100% }
body { display: flex; flex-direction: column; font: 14px/1.4 system-ui, sans-serif;
  color: var(--ink); background: var(--paper) }
a { color: var(--mark) }
a:focus-visible { outline: 2px solid var(--mark); outline-offset: 2px }
.bar { display: flex; flex-wrap: wrap; gap: 4px 24px; align-items: center; padding: 6px 12px;
  border-bottom: 1px solid var(--line) }
.what { flex: 1 1 20rem; min-width: 0 }
.what h1 { font-size: 14px; font-weight: 600; white-space: nowrap; overflow: hidden;
  text-overflow: ellipsis }
.mark { font-weight: 400 }
.address { overflow-wrap: anywhere; font-family: ui-monospace, monospace }
.versions { flex: 1 1 20rem; display: flex; gap: 10px; align-items: center }
.step { white-space: nowrap }
.step--none { color: var(--line) }
.line { flex: 1; min-width: 8rem; overflow: visible }
.line rect { fill: var(--line) }
.line circle { fill: var(--mark) }
.line a[aria-current] circle { fill: var(--ink) }
.line a:focus-visible { outline: none }
.line a:focus-visible circle { stroke: var(--ink); stroke-width: 3px }
.shown { flex: 1; display: flex; min-height: 0 }
.page { flex: 1; border: 0; background: #fff }
.none { max-width: 48rem; padding: 24px; display: grid; gap: 12px }
.none h1 { font-size: 20px } .none h2 { font-size: 16px }
`

/** Of the page around: goes where the archived page would go, within the archive alone. */
const SCRIPT = `
const frame = document.querySelector('iframe')
const place = /^(?:\\/p\\/[\\w-]+)?(\\/\\d+\\/.+)$/s
const pathOf = (text) => {
  const url = URL.parse(text)
  if (url === null || url.origin !== location.origin) return undefined
  const found = place.exec(url.pathname + url.search + url.hash)
  return found === null ? undefined : found[1]
}
const withoutHash = (path) => path.split('#')[0]
addEventListener('message', ({ data }) => {
  if (frame === null || typeof data !== 'object' || data === null) return
  const to = typeof data.anillo === 'string' ? pathOf(data.anillo) : undefined
  if (to === undefined) return
  if (data.isClick === true) location.assign(to)
  else if (withoutHash(to) !== withoutHash(pathOf(frame.src) ?? '')) location.replace(to)
})
`

/**
 * Within the archived page, before its own scripts: addresses that they make lead into the archive,
 * and what a page without an origin may not have is there and empty. What it leaves out is told in
 * docs/spec/replay.md.
 */
const SHIM = `
(() => {
  const me = document.currentScript
  if (me === null) return
  const { head, page } = me.dataset
  me.remove()
  const own = location.origin
  const rewritten = (value) => {
    const text = String(value)
    if (/^\\s*(?:#|$)/.test(text)) return text
    let url = URL.parse(text, document.baseURI)
    if (url === null || !/^https?:$/.test(url.protocol)) return text
    if (url.origin === own) {
      if (/^\\/(?:p\\/[\\w-]+\\/\\d+\\/|-\\/)/.test(url.pathname)) return text
      url = URL.parse(url.pathname + url.search + url.hash, page)
    }
    return own + head + url.href
  }
  const rewrittenSet = (value) => String(value).split(/,\\s+/).map((one) => {
    const [url = '', ...rest] = one.trim().split(/\\s+/)
    return [rewritten(url), ...rest].join(' ')
  }).join(', ')
  const kinds = { action: rewritten, background: rewritten, formaction: rewritten, href: rewritten,
    poster: rewritten, src: rewritten, 'xlink:href': rewritten,
    srcset: rewrittenSet, imagesrcset: rewrittenSet }

  const wrap = (object, name, make) => {
    const given = object?.[name]
    if (typeof given === 'function') object[name] = make(given)
  }
  wrap(window, 'fetch', (given) => function fetch(input, init) {
    const isRequest = input instanceof Request
    const url = rewritten(isRequest ? input.url : input)
    const same = isRequest && url === input.url
    const asked = same ? input : isRequest ? new Request(url, input) : url
    return given.call(this, asked, init)
  })
  wrap(XMLHttpRequest.prototype, 'open', (given) => function open(method, url, ...rest) {
    return given.call(this, method, rewritten(url), ...rest)
  })
  wrap(Element.prototype, 'setAttribute', (given) => function setAttribute(name, value) {
    const change = kinds[String(name).toLowerCase()]
    return given.call(this, name, change === undefined ? value : change(value))
  })
  const properties = { src: [HTMLImageElement, HTMLScriptElement, HTMLIFrameElement,
    HTMLMediaElement, HTMLSourceElement, HTMLEmbedElement, HTMLInputElement, HTMLTrackElement],
    srcset: [HTMLImageElement, HTMLSourceElement], href: [HTMLLinkElement, HTMLAnchorElement],
    poster: [HTMLVideoElement], action: [HTMLFormElement] }
  for (const [name, elements] of Object.entries(properties)) {
    for (const { prototype } of elements) {
      const given = Object.getOwnPropertyDescriptor(prototype, name)
      if (given?.set === undefined) continue
      Object.defineProperty(prototype, name, {
        ...given, set(value) { given.set.call(this, kinds[name](value)) } })
    }
  }

  // What is made from text has its addresses when it is there already.
  const mend = (element) => {
    for (const [name, change] of Object.entries(kinds)) {
      const value = element.getAttribute?.(name)
      if (value === null || value === undefined) continue
      const changed = change(value)
      if (changed !== value) element.setAttribute(name, changed)
    }
  }
  const NAMED = '[src],[href],[srcset],[poster],[action]'
  new MutationObserver((changes) => {
    for (const { addedNodes } of changes) {
      for (const node of addedNodes) {
        if (!(node instanceof Element)) continue
        mend(node)
        for (const inner of node.querySelectorAll(NAMED)) mend(inner)
      }
    }
  }).observe(document, { childList: true, subtree: true })

  const storage = () => {
    const held = new Map()
    return { get length() { return held.size }, key: (at) => [...held.keys()][at] ?? null,
      getItem: (key) => held.get(String(key)) ?? null,
      setItem: (key, value) => { held.set(String(key), String(value)) },
      removeItem: (key) => { held.delete(String(key)) }, clear: () => held.clear() }
  }
  const set = (object, name, value) => {
    try {
      Object.defineProperty(object, name, { configurable: true, ...value })
    } catch { /* A browser that has it fixed keeps its own. */ }
  }
  set(window, 'localStorage', { value: storage() })
  set(window, 'sessionStorage', { value: storage() })
  set(document, 'cookie', { get: () => '', set: () => undefined })
  for (const name of ['RTCPeerConnection', 'webkitRTCPeerConnection']) {
    set(window, name, { value: undefined })
  }
  for (const name of ['pushState', 'replaceState']) {
    wrap(History.prototype, name, (given) => function state(data, unused) {
      return given.call(this, data, unused)
    })
  }

  if (window.parent === window || window.parent !== window.top) return
  const tell = window.parent.postMessage.bind(window.parent)
  tell({ anillo: location.href }, '*')
  addEventListener('click', (event) => {
    if (event.defaultPrevented || event.button !== 0) return
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return
    const link = event.composedPath().find((one) =>
      one instanceof Element && one.matches('a[href],area[href]'))
    const target = link?.getAttribute('target')?.toLowerCase() ?? ''
    const isHere = ['', '_self', '_top', '_parent', '_blank'].includes(target)
    if (link === undefined || !isHere) return
    const to = URL.parse(rewritten(link.getAttribute('href') ?? ''), location.href)
    if (to === null || to.origin !== own) return
    if (to.href.split('#')[0] === location.href.split('#')[0] && to.hash !== '') return
    event.preventDefault()
    tell({ anillo: to.href, isClick: true }, '*')
  })
})()
`

export const ASSETS: ReadonlyMap<string, Asset> = new Map([
  ['replay.css', { type: 'text/css; charset=utf-8', text: STYLE }],
  ['replay.js', { type: 'text/javascript; charset=utf-8', text: SCRIPT }],
  ['shim.js', { type: 'text/javascript; charset=utf-8', text: SHIM }],
])
