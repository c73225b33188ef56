/**
 * The words of the file manager come with it, and not with the first view: one language at a time,
 * as in `load.ts`.
 */
import type { FileTexts } from './files.en.ts'
import type { Language } from './texts.ts'

const loaded = new Map<Language, FileTexts>()

/** `undefined`: they are not there yet. */
export function fileTexts(language: Language): FileTexts | undefined {
  return loaded.get(language)
}

/** A file that cannot be had, as after an upgrade of the member, rejects. */
export async function loadFileTexts(language: Language): Promise<FileTexts> {
  const texts =
    language === 'es'
      ? (await import('./files.es.ts')).FILES_ES
      : (await import('./files.en.ts')).FILES_EN
  loaded.set(language, texts)
  return texts
}
