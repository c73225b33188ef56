/** Fields that CSS selectors name. */
import { selectAll, selectOne } from 'css-select'
import type { AnyNode, Element } from 'domhandler'

import type { ExtractField, FieldValue } from '../../../wire/api-extract.ts'
import type { CanonicalUrl } from '../urls/canonical-url.ts'
import { attributeOf, lineOf } from './dom.ts'
import type { Room } from './room.ts'
import { OWN_ATTRIBUTES, selectorOf } from './selectors.ts'

interface Taking {
  readonly base: CanonicalUrl
  readonly room: Room
}

/** A field that matches nothing is null, a list of such is empty. */
export function fieldsOf(
  root: AnyNode,
  fields: Readonly<Record<string, ExtractField>>,
  taking: Taking,
): Record<string, FieldValue> {
  const values = Object.entries(fields).map(([name, field]) => {
    return [name, valueOf(root, { name, field, ...taking })] as const
  })
  return Object.fromEntries(values)
}

interface TakingOne extends Taking {
  readonly name: string
  readonly field: ExtractField
}

function valueOf(root: AnyNode, taking: TakingOne): FieldValue {
  const { field } = taking
  const selector = selectorOf(field)
  const isList = typeof field !== 'string' && field.all === true
  if (!isList) {
    const element = selectOne<AnyNode, Element>(selector, root, OWN_ATTRIBUTES)
    return element === null ? null : (objectOf(element, taking) ?? leafOf(element, taking))
  }
  const elements = selectAll<AnyNode, Element>(selector, root, OWN_ATTRIBUTES)
  const { fields, ...leaf } = field
  return fields === undefined
    ? listOf(elements, taking, (element) => leafOf(element, { ...taking, field: leaf }))
    : listOf(elements, taking, (element) => objectOf(element, taking) ?? {})
}

function listOf<T>(
  elements: readonly Element[],
  { name, room }: TakingOne,
  valueOfOne: (element: Element) => T,
): T[] {
  const values: T[] = []
  for (const element of elements) {
    if (!room.item(name, values)) break
    values.push(valueOfOne(element))
  }
  return values
}

type LeafValue = string | string[] | null

function objectOf(
  element: Element,
  { field, ...taking }: TakingOne,
): Record<string, LeafValue> | undefined {
  if (typeof field === 'string' || field.fields === undefined) return undefined
  const values = Object.entries(field.fields).map(([name, leaf]) => {
    const one = { ...taking, name, field: leaf }
    return [name, leafValueOf(element, one)] as const
  })
  return Object.fromEntries(values)
}

function leafValueOf(root: AnyNode, taking: TakingOne): LeafValue {
  const { field } = taking
  const selector = selectorOf(field)
  if (typeof field !== 'string' && field.all === true) {
    const elements = selectAll<AnyNode, Element>(selector, root, OWN_ATTRIBUTES)
    return listOf(elements, taking, (element) => leafOf(element, taking))
  }
  const element = selectOne<AnyNode, Element>(selector, root, OWN_ATTRIBUTES)
  return element === null ? null : leafOf(element, taking)
}

/** An attribute that the element has not is empty text, so that lists keep their order. */
function leafOf(element: Element, { base, field, name, room }: TakingOne): string {
  const attribute = typeof field === 'string' ? undefined : field.attribute?.toLowerCase()
  if (attribute === undefined) return room.text(name, lineOf(element))
  const value = attributeOf(element, attribute) ?? ''
  const isUrl = ADDRESSES.has(attribute) && value !== ''
  return room.text(name, isUrl ? (URL.parse(value, base)?.href ?? value) : value)
}

/** Attributes that hold one address (WHATWG HTML, index of attributes). */
const ADDRESSES: ReadonlySet<string> = new Set([
  'action',
  'cite',
  'data',
  'formaction',
  'href',
  'poster',
  'src',
])
