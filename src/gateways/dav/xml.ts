/**
 * XML of requests, with its names resolved (Namespaces in XML 1.0), and XML of answers. Nothing is
 * ever expanded: a document type is refused, and so is an entity that XML does not know by itself.
 * Pure.
 */
import { parseXml, XmlElement as ParsedElement, XmlText } from '@rgrove/parse-xml'

import { AnilloError } from '../../base/errors.ts'
import { XML_BYTES_MAX, XML_DEPTH_MAX, XML_NAMESPACES_MAX } from './limits.ts'

export const DAV = 'DAV:'
const XML_NAMESPACE = 'http://www.w3.org/XML/1998/namespace'

/** A name in its namespace; `''`: in none. */
export interface XmlName {
  readonly namespace: string
  readonly local: string
}

export interface Element extends XmlName {
  readonly children: readonly Element[]
  /** Of it and all that is in it. */
  readonly text: string
  /** As it stood, with all that it needs of what it stood in: namespaces and `xml:lang`. */
  readonly source: string
}

/** @throws AnilloError BAD_REQUEST */
export function readXml(bytes: Uint8Array): Element {
  const text = decoded(bytes)
  let root: ParsedElement | null
  try {
    const document = parseXml(text, { preserveDocumentType: true })
    root = document.children.some(({ type }) => type === 'doctype') ? null : document.root
  } catch {
    // What is nested so deeply that it cannot be read is told in the same words.
    root = null
  }
  if (root === null) throw bad('its body is not well-formed XML without a document type')
  return resolved(root, { namespaces: new Map([['xml', XML_NAMESPACE]]), lang: undefined }, 0)
}

/** UTF-8, or UTF-16 with a byte order mark (XML 1.0, 4.3.3). */
function decoded(bytes: Uint8Array): string {
  if (bytes.length > XML_BYTES_MAX) throw bad('its body is too long')
  const [first, second] = bytes
  const encoding =
    first === 0xfe && second === 0xff
      ? 'utf-16be'
      : first === 0xff && second === 0xfe
        ? 'utf-16le'
        : 'utf-8'
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes)
  } catch {
    throw bad(`its body is not ${encoding.toUpperCase()}`)
  }
}

interface Scope {
  /** By prefix; `''`: the default one. */
  readonly namespaces: ReadonlyMap<string, string>
  readonly lang: string | undefined
}

function resolved(parsed: ParsedElement, outer: Scope, depth: number): Element {
  if (depth >= XML_DEPTH_MAX) throw bad(`its XML is more than ${XML_DEPTH_MAX} elements deep`)
  const scope = inner(parsed, outer)
  const [prefix, local] = split(parsed.name)
  const namespace = scope.namespaces.get(prefix)
  if (namespace === undefined && prefix !== '') throw undeclared(prefix)
  for (const name of Object.keys(parsed.attributes)) {
    const [of] = split(name)
    if (of !== '' && of !== 'xmlns' && !scope.namespaces.has(of)) throw undeclared(of)
  }
  const children = parsed.children
    .filter((child) => child instanceof ParsedElement)
    .map((child) => resolved(child, scope, depth + 1))
  return {
    namespace: namespace ?? '',
    local,
    children,
    text: parsed.text,
    // Written for those alone that are kept: each repeats the namespaces that are around it.
    get source() {
      return sourceOf(parsed, outer)
    },
  }
}

function inner({ attributes }: ParsedElement, outer: Scope): Scope {
  const declared = Object.entries(attributes).filter(([name]) => /^xmlns(:|$)/.test(name))
  const lang = attributes['xml:lang'] ?? outer.lang
  if (declared.length === 0) return { namespaces: outer.namespaces, lang }
  const namespaces = new Map(outer.namespaces)
  for (const [name, value] of declared) {
    const prefix = name === 'xmlns' ? '' : split(name)[1]
    if (prefix !== '' && value === '') throw bad(`the namespace of “${prefix}” is empty`)
    namespaces.set(prefix, value)
  }
  if (namespaces.size > XML_NAMESPACES_MAX) {
    throw bad(`its XML has more than ${XML_NAMESPACES_MAX} namespaces`)
  }
  return { namespaces, lang }
}

/** @throws AnilloError BAD_REQUEST */
function split(name: string): readonly [prefix: string, local: string] {
  const [first = '', second, ...others] = name.split(':')
  if (second === undefined) return ['', first]
  if (first === '' || second === '' || others.length > 0) throw bad(`“${name}” is no name`)
  return [first, second]
}

function undeclared(prefix: string): AnilloError {
  return bad(`the prefix “${prefix}” has no namespace`)
}

/** Whatever it takes from what it stands in stands in it. */
function sourceOf(parsed: ParsedElement, outer: Scope): string {
  const given: Record<string, string> = {}
  for (const [prefix, value] of outer.namespaces) {
    if (prefix !== 'xml') given[prefix === '' ? 'xmlns' : `xmlns:${prefix}`] = value
  }
  if (outer.lang !== undefined) given['xml:lang'] = outer.lang
  return written(parsed, { ...given, ...parsed.attributes })
}

function written(parsed: ParsedElement, attributes = parsed.attributes): string {
  const told = Object.entries(attributes).map(([name, value]) => ` ${name}="${escaped(value)}"`)
  const head = `${parsed.name}${told.join('')}`
  const content = parsed.children.map((child) => {
    if (child instanceof ParsedElement) return written(child)
    return child instanceof XmlText ? escaped(child.text) : ''
  })
  const body = content.join('')
  return body === '' ? `<${head}/>` : `<${head}>${body}</${parsed.name}>`
}

export function isNamed({ local, namespace }: XmlName, name: string): boolean {
  return namespace === DAV && local === name
}

/** The first child of that name in `DAV:`. */
export function childNamed(element: Element, name: string): Element | undefined {
  return element.children.find((child) => isNamed(child, name))
}

const NAMED: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
}

/** As text or attribute. XML 1.0 has no way to write the other control characters (2.2). */
export function escaped(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[&<>"\t\n\r]/g, (unit) => NAMED[unit] ?? unit)
    .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
}

/** An element of that name without anything in it, whatever its namespace. */
export function emptyElement({ local, namespace }: XmlName): string {
  if (namespace === DAV) return `<D:${local}/>`
  return namespace === '' ? `<${local} xmlns=""/>` : `<X:${local} xmlns:X="${escaped(namespace)}"/>`
}

export const XML_HEAD = '<?xml version="1.0" encoding="utf-8"?>\n'
export const XML_TYPE = 'application/xml; charset=utf-8'

function bad(problem: string): AnilloError {
  return new AnilloError('BAD_REQUEST', { problem })
}
