/**
 * Puts the doc comment of a file first: the formatter takes it for that of the first import, and
 * moves both when it sorts.
 */

/** Imports, then a doc comment with another import at its foot. */
const BEHIND_IMPORTS = /^(import [^;]*?)(\/\*\*(?:(?!\*\/)[^])*\*\/\n)(?=import )/

export function headerFirst(text: string): string {
  const [all, imports = '', header = ''] = BEHIND_IMPORTS.exec(text) ?? []
  if (all === undefined || !isImports(imports)) return text
  return header + imports + text.slice(all.length)
}

/** Nothing but imports and empty lines. */
function isImports(text: string): boolean {
  return /^(import (?:type )?[^'"]*['"][^'"]*['"]\n|\n)*$/.test(text)
}
