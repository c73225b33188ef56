/** The words of the file manager come with it. */
import type { FileTexts } from './files.en.ts'
import { LaterTexts } from './later-texts.ts'

export const FILE_TEXTS = new LaterTexts<FileTexts>(async (language) =>
  language === 'es'
    ? (await import('./files.es.ts')).FILES_ES
    : (await import('./files.en.ts')).FILES_EN,
)
