/**
 * The tree of a page of HTML, and what all kinds of extraction ask of it. No recursion: pages nest.
 */
import type { AnyNode, Document, Element } from 'domhandler'
import { parseDocument } from 'htmlparser2'

import { isAnilloError } from '../../../base/errors.ts'
import { shownText } from '../fetch/page-text.ts'
import { redirectTarget, type CanonicalUrl } from '../urls/canonical-url.ts'
import { EXTRACT_VALUE_CHARS_MAX } from './extract-bounds.ts'

export type { AnyNode, Document, Element }

export function treeOf(html: string): Document {
  return parseDocument(html)
}

export function isElement(node: AnyNode): node is Element {
  return 'attribs' in node
}

/** By the name that a stranger chose. */
export function attributeOf({ attribs }: Element, name: string): string | undefined {
  return Object.hasOwn(attribs, name) ? attribs[name] : undefined
}

export function childrenOf(node: AnyNode): readonly AnyNode[] {
  return 'children' in node ? node.children : []
}

/** All elements below, in the order of the page. */
export function* elementsBelow(root: AnyNode): Generator<Element> {
  for (const node of nodesBelow(root)) if (isElement(node)) yield node
}

/** @param enters whose children are not passed over */
export function* nodesBelow(
  root: AnyNode,
  enters: (node: AnyNode) => boolean = () => true,
): Generator<AnyNode> {
  const waiting: AnyNode[] = [...childrenOf(root)].toReversed()
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    yield node
    if (!enters(node)) continue
    const children = childrenOf(node)
    for (let at = children.length - 1; at >= 0; at--) {
      const child = children[at]
      if (child !== undefined) waiting.push(child)
    }
  }
}

/** Its text in one line, the text of scripts and styles left out; as much as a value may have. */
export function lineOf(root: AnyNode): string {
  const parts: string[] = []
  let chars = 0
  for (const node of nodesBelow(root, (each) => !isUnread(each))) {
    if (node.type === 'text') {
      parts.push(node.data)
      chars += node.data.length
    } else if (isElement(node) && !INLINE.has(node.name)) parts.push(' ')
    if (chars > EXTRACT_VALUE_CHARS_MAX) break
  }
  return joined(parts.join('')).slice(0, EXTRACT_VALUE_CHARS_MAX)
}

/** White space joined, controls left out. */
export function joined(text: string): string {
  return shownText(text.replaceAll(/\s+/g, ' ')).trim()
}

export function isUnread(node: AnyNode): boolean {
  return isElement(node) && UNREAD.has(node.name)
}

/** Where links of the page start from: its first `<base>` counts. */
export function baseOf(document: Document, url: CanonicalUrl): CanonicalUrl {
  for (const { attribs, name } of elementsBelow(document)) {
    if (name === 'base' && attribs['href'] !== undefined) {
      return wholeUrl(attribs['href'], url) ?? url
    }
  }
  return url
}

/** `undefined`: no address of a page. */
export function wholeUrl(text: string, base: CanonicalUrl): CanonicalUrl | undefined {
  try {
    return redirectTarget(base, text.trim())
  } catch (thrown) {
    if (isAnilloError(thrown)) return undefined
    throw thrown
  }
}

const UNREAD: ReadonlySet<string> = new Set(['script', 'style', 'template', 'noscript'])

/** What stands within a line (WHATWG HTML, 4.5), and so parts no words. */
const INLINE: ReadonlySet<string> = new Set(
  (
    'a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd mark q s samp small ' +
    'span strike strong sub sup time tt u var wbr'
  ).split(' '),
)
