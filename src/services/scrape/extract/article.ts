/** The article of a page without what stands around it (Mozilla's Readability, as in Firefox). */
import { Readability } from '@mozilla/readability'
import { DomUtils } from 'htmlparser2'
import { DOMParser } from 'linkedom'

import type { ExtractedArticle } from '../../../wire/api-extract.ts'
import { childrenOf, elementsBelow, isElement, joined, type AnyNode, type Document } from './dom.ts'
import { ARTICLE_DEPTH_MAX, ARTICLE_ELEMENTS_MAX } from './extract-bounds.ts'
import { htmlText } from './html-text.ts'
import type { Room } from './room.ts'

export interface Article {
  readonly about: Omit<ExtractedArticle, 'text'>
  /** Of the article alone. */
  readonly html: string
}

/** `undefined`: there is none to be found, as on a page of links. */
export function articleOf(document: Document): Article | undefined {
  if (isTooMuch(document)) return undefined
  const found = readable(wellFormed(document))
  if (found === undefined || typeof found.content !== 'string') return undefined
  const said = {
    title: found.title,
    byline: found.byline,
    site: found.siteName,
    published: found.publishedTime,
    language: found.lang,
    excerpt: found.excerpt,
  }
  const about = Object.entries(said).flatMap(([name, value]) => {
    const text = joined(value ?? '').slice(0, ABOUT_CHARS_MAX)
    return text === '' ? [] : [[name, text] as const]
  })
  return { about: Object.fromEntries(about), html: found.content }
}

const ABOUT_CHARS_MAX = 1_000

export function articleText({ html }: Article, room: Room): string {
  const text = htmlText(html, NOTHING).lines.join('\n')
  return room.text('text', text, text.length)
}

const NOTHING: ReadonlySet<string> = new Set()

/** The time to judge a page grows with the square of its depth. */
function isTooMuch(document: Document): boolean {
  let level: readonly AnyNode[] = document.children
  let elements = 0
  for (let depth = 0; level.length > 0; depth++) {
    elements += level.length
    if (depth > ARTICLE_DEPTH_MAX || elements > ARTICLE_ELEMENTS_MAX) return true
    level = level.flatMap((node) => [...childrenOf(node)])
  }
  return false
}

/** With the `<html>`, `<head>` and `<body>` that a browser adds where a page leaves them out. */
function wellFormed(document: Document): string {
  const elements = [...elementsBelow(document)]
  const html = elements.find(({ name }) => name === 'html')
  const body = elements.find(({ name }) => name === 'body')
  const about = elements.filter((element) => isAbout(element.name))
  const shown = (body ?? html ?? document).children.filter((node) => {
    return !isElement(node) || (node.name !== 'head' && node.name !== 'html')
  })
  const language = html?.attribs['lang']?.replaceAll(/[^\w-]/g, '') ?? ''
  const head = DomUtils.getOuterHTML([...about])
  return (
    `<!doctype html><html lang="${language}"><head>${head}</head>` +
    `<body>${DomUtils.getOuterHTML([...shown])}</body></html>`
  )
}

function isAbout(name: string): boolean {
  return name === 'title' || name === 'meta' || name === 'script'
}

const parser = new DOMParser()

type Parsed = NonNullable<ReturnType<Readability<string>['parse']>>

function readable(html: string): Parsed | undefined {
  try {
    return (
      new Readability<string>(parser.parseFromString(html, 'text/html'), {
        keepClasses: true,
      }).parse() ?? undefined
    )
  } catch {
    // A page over which it stumbles has no article for us.
    return undefined
  }
}
