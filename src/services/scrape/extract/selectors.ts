/** CSS selectors as people write them: checked before any page is touched. */
import { compile } from 'css-select'
import type { AnyNode, Element } from 'domhandler'
import { DomUtils } from 'htmlparser2'

import { AnilloError } from '../../../base/errors.ts'
import type { ExtractField, ExtractSpec } from '../../../wire/api-extract.ts'
import { attributeOf, isElement } from './dom.ts'

export type Matches = (node: AnyNode) => boolean

/** How selectors look at elements: what every object has is no attribute of a page. */
export const OWN_ATTRIBUTES = {
  adapter: { ...DomUtils, isTag: isElement, getAttributeValue: attributeOf },
}

/** @throws AnilloError BAD_REQUEST that says which selector is wrong, and how */
export function checkSpec({ fields = {} }: ExtractSpec): void {
  for (const [name, field] of Object.entries(fields)) {
    check(`fields.${name}`, field)
    const below = typeof field === 'string' ? {} : (field.fields ?? {})
    for (const [each, leaf] of Object.entries(below)) check(`fields.${name}.fields.${each}`, leaf)
  }
}

/** @throws what the parser of selectors says of one that is none */
export function matcherOf(selector: string): Matches {
  return compile<AnyNode, Element>(selector, { cacheResults: false })
}

export function selectorOf(field: ExtractField): string {
  return typeof field === 'string' ? field : field.selector
}

function check(where: string, field: ExtractField): void {
  try {
    matcherOf(selectorOf(field))
  } catch (thrown) {
    const said = thrown instanceof Error ? thrown.message : String(thrown)
    const problem = `${where} is no CSS selector (${said.slice(0, SAID_CHARS_MAX)})`
    throw new AnilloError('BAD_REQUEST', { problem })
  }
}

const SAID_CHARS_MAX = 200
