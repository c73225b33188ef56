/** What the replay door says to people, in English and Spanish. */
import { languageFor, type Language } from '../accept-language.ts'

export interface ReplayTexts {
  readonly language: Language
  readonly archived: string
  readonly asOf: string
  readonly versions: string
  readonly earlier: string
  readonly later: string
  readonly live: string
  readonly frame: (title: string) => string
  readonly several: (words: { readonly count: number; readonly last: string }) => string
  readonly file: (type: string) => string
  readonly save: string
  readonly notHeld: string
  readonly notHeldOf: string
  readonly notReadable: string
  readonly nearest: string
  readonly noneNear: string
}

const EN: ReplayTexts = {
  language: 'en',
  archived: 'Archived page',
  asOf: 'As it was on',
  versions: 'Versions of this page',
  earlier: 'Earlier',
  later: 'Later',
  live: 'Living page',
  frame: (title) => `Archived page: ${title}`,
  several: ({ count, last }) => `${count} versions, the last of ${last}`,
  file: (type) => `This is a file (${type}), and is not shown here.`,
  save: 'Save it',
  notHeld: 'Not in the archive',
  notHeldOf: 'The ring holds nothing of this address:',
  notReadable: 'This is no address that the ring could hold:',
  nearest: 'Held, and near to it',
  noneNear: 'Nothing near to it is held either.',
}

const ES: ReplayTexts = {
  language: 'es',
  archived: 'Página archivada',
  asOf: 'Como era el',
  versions: 'Versiones de esta página',
  earlier: 'Anterior',
  later: 'Siguiente',
  live: 'Página viva',
  frame: (title) => `Página archivada: ${title}`,
  several: ({ count, last }) => `${count} versiones, la última del ${last}`,
  file: (type) => `Esto es un archivo (${type}), y no se muestra aquí.`,
  save: 'Guardarlo',
  notHeld: 'No está en el archivo',
  notHeldOf: 'El anillo no tiene nada de esta dirección:',
  notReadable: 'Esta no es una dirección que el anillo pueda tener:',
  nearest: 'Lo que está, y queda cerca',
  noneNear: 'Tampoco está nada que quede cerca.',
}

export function textsFor(acceptLanguage: string | undefined): ReplayTexts {
  return languageFor(acceptLanguage) === 'es' ? ES : EN
}
