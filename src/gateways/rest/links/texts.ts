/** What the page of a public link says, in English and Spanish. */
import { languageFor, type Language } from '../accept-language.ts'

/** Why a visitor sees nothing. */
export type LinkProblem =
  | 'unknown'
  | 'expired'
  | 'spent'
  | 'gone'
  | 'noEntry'
  | 'malformed'
  | 'slowDown'
  | 'later'

export interface LinkTexts {
  readonly language: Language
  readonly problems: Readonly<
    Record<LinkProblem, { readonly title: string; readonly text: string }>
  >
  readonly lockedTitle: string
  readonly lockedText: string
  readonly password: string
  readonly openIt: string
  readonly wrong: string
  readonly waitMinutes: (minutes: number) => string
  readonly download: string
  readonly downloadOf: (name: string) => string
  readonly view: string
  readonly size: string
  readonly name: string
  readonly modified: string
  readonly folder: string
  readonly empty: string
  readonly further: string
  readonly first: string
  readonly where: string
  readonly preview: (name: string) => string
  readonly until: (time: string) => string
  readonly left: (count: number) => string
  readonly shared: string
}

const EN: LinkTexts = {
  language: 'en',
  problems: {
    unknown: {
      title: 'There is no such link',
      text: 'It may have been revoked, or its address is not whole. Ask whoever gave it to you.',
    },
    expired: {
      title: 'This link has expired',
      text: 'Ask whoever gave it to you for a new one.',
    },
    spent: {
      title: 'This link is used up',
      text: 'It was downloaded as often as it was meant to be. Ask whoever gave it to you for a new one.',
    },
    gone: {
      title: 'This is not shared any more',
      text: 'What the link led to was removed, or is not shared any more.',
    },
    noEntry: {
      title: 'Nothing of that name is here',
      text: 'It may have been renamed or removed.',
    },
    malformed: { title: 'This address is not whole', text: 'It may have been copied in part.' },
    slowDown: { title: 'Too many requests', text: 'Wait a little, then try again.' },
    later: {
      title: 'This cannot be shown at the moment',
      text: 'It is there, but cannot be reached. Try again in a little while.',
    },
  },
  lockedTitle: 'This link needs a password',
  lockedText: 'Whoever gave you the link knows it.',
  password: 'Password',
  openIt: 'Open',
  wrong: 'That is not the password.',
  waitMinutes: (minutes) => `Too many wrong passwords. Try again in ${minutes} min.`,
  download: 'Download',
  downloadOf: (name) => `Download ${name}`,
  view: 'View',
  size: 'Size',
  name: 'Name',
  modified: 'Changed',
  folder: 'Folder',
  empty: 'This folder is empty.',
  further: 'Further entries',
  first: 'From the beginning',
  where: 'Where you are',
  preview: (name) => `Preview of ${name}`,
  until: (time) => `This link works until ${time}.`,
  left: (count) => (count === 1 ? 'One download is left.' : `${count} downloads are left.`),
  shared: 'Shared with anillo',
}

const ES: LinkTexts = {
  language: 'es',
  problems: {
    unknown: {
      title: 'No hay tal enlace',
      text: 'Quizá se retiró, o la dirección no está entera. Pregunta a quien te lo dio.',
    },
    expired: { title: 'Este enlace ha caducado', text: 'Pide otro a quien te lo dio.' },
    spent: {
      title: 'Este enlace está agotado',
      text: 'Ya se descargó tantas veces como debía. Pide otro a quien te lo dio.',
    },
    gone: {
      title: 'Esto ya no se comparte',
      text: 'Aquello a lo que llevaba el enlace se quitó, o ya no se comparte.',
    },
    noEntry: {
      title: 'Aquí no hay nada con ese nombre',
      text: 'Quizá se le cambió el nombre, o se quitó.',
    },
    malformed: {
      title: 'Esta dirección no está entera',
      text: 'Quizá se copió solo una parte.',
    },
    slowDown: { title: 'Demasiadas peticiones', text: 'Espera un poco e inténtalo de nuevo.' },
    later: {
      title: 'Ahora mismo no se puede mostrar',
      text: 'Está ahí, pero no se alcanza. Inténtalo de nuevo dentro de un rato.',
    },
  },
  lockedTitle: 'Este enlace necesita una contraseña',
  lockedText: 'La sabe quien te dio el enlace.',
  password: 'Contraseña',
  openIt: 'Abrir',
  wrong: 'Esa no es la contraseña.',
  waitMinutes: (minutes) =>
    `Demasiadas contraseñas equivocadas. Inténtalo de nuevo dentro de ${minutes} min.`,
  download: 'Descargar',
  downloadOf: (name) => `Descargar ${name}`,
  view: 'Ver',
  size: 'Tamaño',
  name: 'Nombre',
  modified: 'Cambiado',
  folder: 'Carpeta',
  empty: 'Esta carpeta está vacía.',
  further: 'Más entradas',
  first: 'Desde el principio',
  where: 'Dónde estás',
  preview: (name) => `Vista previa de ${name}`,
  until: (time) => `Este enlace vale hasta el ${time}.`,
  left: (count) => (count === 1 ? 'Queda una descarga.' : `Quedan ${count} descargas.`),
  shared: 'Compartido con anillo',
}

export function linkTextsFor(acceptLanguage: string | undefined): LinkTexts {
  return languageFor(acceptLanguage) === 'es' ? ES : EN
}
