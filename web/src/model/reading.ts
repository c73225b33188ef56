/** The text of a page as it is read: without marks, scripts and styles. Runs and loads nothing. */

/** As much of the DOM as is walked. */
export interface TextNode {
  readonly nodeType: number
  readonly nodeName: string
  readonly nodeValue: string | null
  readonly childNodes: ArrayLike<TextNode>
}

const ELEMENT = 1
const TEXT = 3
const UNREAD = new Set(['SCRIPT', 'STYLE', 'NOSCRIPT', 'TEMPLATE', 'HEAD', 'SVG', 'IFRAME'])
const BLOCKS =
  /^(ADDRESS|ARTICLE|ASIDE|BLOCKQUOTE|BR|DD|DIV|DL|DT|FIGCAPTION|FIGURE|FOOTER|FORM|H[1-6]|HEADER|HR|LI|MAIN|NAV|OL|P|PRE|SECTION|TABLE|TR|UL)$/
const CELLS = /^(TD|TH)$/
/** Deeper than people write; the stack of a script ends somewhere behind. */
const DEPTH_MAX = 500

/** Lines without those that are empty. */
export function readingOf(root: TextNode): readonly string[] {
  const pieces: string[] = []
  walk(root, pieces, 0)
  return pieces
    .join('')
    .split('\n')
    .map((line) => line.replaceAll(/[\s\u00A0]+/g, ' ').trim())
    .filter((line) => line !== '')
}

function walk(node: TextNode, pieces: string[], depth: number): void {
  if (node.nodeType === TEXT) {
    pieces.push((node.nodeValue ?? '').replaceAll('\n', ' '))
    return
  }
  const name = node.nodeName.toUpperCase()
  if (UNREAD.has(name) || depth > DEPTH_MAX) return
  const edge = node.nodeType === ELEMENT && BLOCKS.test(name) ? '\n' : CELLS.test(name) ? ' ' : ''
  pieces.push(edge)
  for (let at = 0; at < node.childNodes.length; at++) {
    const child = node.childNodes[at]
    if (child !== undefined) walk(child, pieces, depth + 1)
  }
  pieces.push(edge)
}
