/** In which language pages speak that a door makes itself. */

export type Language = 'en' | 'es'

/** RFC 9110, 12.5.4: the one of the two that is wanted more; English where neither is. */
export function languageFor(acceptLanguage: string | undefined): Language {
  let best: { readonly language: Language; readonly weight: number } = { language: 'en', weight: 0 }
  for (const part of (acceptLanguage ?? '').split(',')) {
    const [, language, quality = '1'] = /^\s*(en|es)\b[^;]*(?:;\s*q=([\d.]+))?/i.exec(part) ?? []
    const weight = Number(quality)
    if (language === undefined || !(weight > best.weight)) continue
    best = { language: language.toLowerCase() === 'es' ? 'es' : 'en', weight }
  }
  return best.language
}
