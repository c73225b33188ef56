/**
 * Languages come one at a time: each is a file of its own in the built page, and who reads one does
 * not wait for the others.
 */
import { LANGUAGES, type Language, type LanguagePack } from './texts.ts'

/** A file that cannot be had, as after an upgrade of the member, rejects. */
export type LoadLanguage = (language: Language) => Promise<LanguagePack>

export const loadLanguage: LoadLanguage = async (language) => {
  switch (language) {
    case 'en':
      return (await import('./english.ts')).ENGLISH
    case 'es':
      return (await import('./spanish.ts')).SPANISH
  }
}

/** The language wanted, else any that can be had. @throws what kept the last one away */
export async function loadAny(wanted: Language, load: LoadLanguage): Promise<LanguagePack> {
  let attempt = load(wanted)
  for (const language of LANGUAGES)
    if (language !== wanted) attempt = attempt.catch(() => load(language))
  return attempt
}
