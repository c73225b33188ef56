/**
 * What is asked of a page, in a world of its own beside the page's scripts: they cannot answer for
 * it.
 */

/** The document as it stands, with open shadow trees as declarative ones; bounded. */
export function serialize(charsMax: number): string {
  return `(() => {
    const roots = []
    const gather = (root) => {
      for (const each of root.querySelectorAll('*')) {
        if (each.shadowRoot === null || roots.length >= 10000) continue
        roots.push(each.shadowRoot)
        gather(each.shadowRoot)
      }
    }
    const element = document.documentElement
    if (element === null) return { title: '', html: '' }
    gather(document)
    const whole = element.outerHTML
    if (whole.length > ${charsMax}) return { tooLarge: true }
    let html = whole
    if (roots.length > 0 && typeof element.getHTML === 'function') {
      const opening = element.cloneNode(false).outerHTML.replace(/<[/]html>$/i, '')
      html = opening + element.getHTML({ shadowRoots: roots }) + '</html>'
    }
    if (html.length > ${charsMax}) return { tooLarge: true }
    const { doctype } = document
    const before = doctype === null ? '' : new XMLSerializer().serializeToString(doctype) + '\\n'
    return { title: document.title.slice(0, 300), html: before + html }
  })()`
}

/** To the next screenful; `false`: there is none. What is loaded when it is seen is seen. */
export function scrollOn(heightMax: number): string {
  return `(() => {
    const at = window.scrollY
    if (at + window.innerHeight >= Math.min(${heightMax}, document.documentElement.scrollHeight)) {
      return false
    }
    window.scrollTo(0, at + window.innerHeight)
    return window.scrollY > at
  })()`
}

export const SCROLL_BACK = 'window.scrollTo(0, 0)'
