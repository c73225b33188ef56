/** The words of the console: each verb in English and in Spanish, both known in both languages. */

export const VERBS = {
  register: { es: 'registrar', takes: 'person' },
  login: { es: 'entrar', takes: 'person' },
  new: { es: 'nuevos', takes: 'nothing' },
  dweet: { es: 'publicar', takes: 'text' },
  reply: { es: 'responder', takes: 'text' },
  redweet: { es: 'republicar', takes: 'number' },
  unredweet: { es: 'despublicar', takes: 'number' },
  like: { es: 'gusta', takes: 'number' },
  unlike: { es: 'nogusta', takes: 'number' },
  edit: { es: 'editar', takes: 'text' },
  delete: { es: 'borrar', takes: 'number' },
  show: { es: 'ver', takes: 'number' },
  follow: { es: 'seguir', takes: 'person' },
  unfollow: { es: 'dejar', takes: 'person' },
  profile: { es: 'perfil', takes: 'person' },
  who: { es: 'quien', takes: 'person' },
  home: { es: 'inicio', takes: 'nothing' },
  local: { es: 'todos', takes: 'nothing' },
  search: { es: 'buscar', takes: 'text' },
  tag: { es: 'tema', takes: 'text' },
  catchup: { es: 'aldia', takes: 'nothing' },
  mute: { es: 'silenciar', takes: 'person' },
  unmute: { es: 'desilenciar', takes: 'person' },
  block: { es: 'bloquear', takes: 'person' },
  unblock: { es: 'desbloquear', takes: 'person' },
  bookmark: { es: 'guardar', takes: 'number' },
  unbookmark: { es: 'soltar', takes: 'number' },
  bookmarks: { es: 'guardados', takes: 'nothing' },
  lists: { es: 'listas', takes: 'nothing' },
  list: { es: 'lista', takes: 'name' },
  enlist: { es: 'apuntar', takes: 'person' },
  unlist: { es: 'desapuntar', takes: 'person' },
  report: { es: 'denunciar', takes: 'person' },
  attach: { es: 'adjuntar', takes: 'file' },
  detach: { es: 'quitar', takes: 'nothing' },
  export: { es: 'exportar', takes: 'file' },
  notifications: { es: 'avisos', takes: 'nothing' },
  more: { es: 'más', takes: 'nothing' },
  draft: { es: 'borrador', takes: 'text' },
  drafts: { es: 'borradores', takes: 'nothing' },
  send: { es: 'enviar', takes: 'number' },
  drop: { es: 'descartar', takes: 'number' },
  lang: { es: 'idioma', takes: 'language' },
  logout: { es: 'salir', takes: 'flags' },
  help: { es: 'ayuda', takes: 'nothing' },
  quit: { es: 'terminar', takes: 'nothing' },
} as const satisfies Record<string, VerbRow>

interface VerbRow {
  readonly es: string
  /** What stands behind it: for completion, and for the counter of characters. */
  readonly takes: 'nothing' | 'person' | 'number' | 'text' | 'name' | 'file' | 'language' | 'flags'
}

export type Verb = keyof typeof VERBS

export const VERB_NAMES = Object.keys(VERBS) as readonly Verb[]

const BY_WORD: ReadonlyMap<string, Verb> = new Map([
  ...VERB_NAMES.map((verb): [string, Verb] => [verb, verb]),
  ...VERB_NAMES.map((verb): [string, Verb] => [VERBS[verb].es, verb]),
  ...VERB_NAMES.map((verb): [string, Verb] => [bare(VERBS[verb].es), verb]),
  ['exit', 'quit'],
  ['catch-up', 'catchup'],
  ['al-dia', 'catchup'],
  ['?', 'help'],
])

/** Without accents: nobody should need a keyboard for them. */
function bare(word: string): string {
  return word.normalize('NFD').replaceAll(/\p{M}/gu, '')
}

export interface Command {
  /** `undefined`: no word of the console. */
  readonly verb: Verb | undefined
  readonly word: string
  /** Behind it, without blanks around. */
  readonly rest: string
}

/** `undefined`: an empty line. */
export function commandIn(line: string): Command | undefined {
  const [, word, rest = ''] = /^\s*(\S+)\s*(.*?)\s*$/su.exec(line) ?? []
  if (word === undefined) return undefined
  return { word, rest, verb: BY_WORD.get(word.normalize('NFC').toLowerCase()) }
}

/** The first word of what stands behind a verb, and what follows it. */
export function firstWord(rest: string): { readonly first: string; readonly rest: string } {
  const [, first = '', further = ''] = /^(\S*)\s*(.*)$/su.exec(rest) ?? []
  return { first, rest: further }
}

/** Words that `anillo dweet` alone has, in English and in Spanish. */
const OF_COMMANDS: ReadonlyMap<string, string> = new Map(
  [
    ['reports', 'denuncias'],
    ['decide', 'decidir'],
    ['import', 'importar'],
    ['retention', 'conservar'],
    ['delete-all', 'borrar-todo'],
  ].flatMap(([en = '', es = '']) => [
    [en, en],
    [es, es],
  ]),
)

/** What the shell has in place of a word that the console lacks. */
export function commandFor(word: string): string | undefined {
  const own = OF_COMMANDS.get(bare(word.toLowerCase()))
  return own === undefined ? undefined : `npx anillo dweet ${own}`
}

/** What somebody may have meant, in this language; nothing that cannot be undone stands first. */
export function verbsMeant(word: string, language: 'en' | 'es'): readonly string[] {
  const typed = word.toLowerCase()
  const harmful = new Set(HARMFUL.map((verb) => wordOf(verb, language)))
  const like = [3, 2].map((length) =>
    VERB_NAMES.map((verb) => wordOf(verb, language))
      .filter((one) => one.startsWith(typed.slice(0, length)))
      .toSorted((a, b) => Number(harmful.has(a)) - Number(harmful.has(b))),
  )
  return like.find((some) => some.length > 0)?.slice(0, 3) ?? []
}

const HARMFUL: readonly Verb[] = ['delete', 'drop', 'logout', 'block']

/** All that begin so, as they are typed in this language. */
export function verbsLike(begin: string, language: 'en' | 'es'): readonly string[] {
  const words = VERB_NAMES.map((verb) => wordOf(verb, language))
  const found = words.filter((word) => word.startsWith(begin))
  return found.length > 0 ? found : [...BY_WORD.keys()].filter((word) => word.startsWith(begin))
}

export function wordOf(verb: Verb, language: 'en' | 'es'): string {
  return language === 'es' ? VERBS[verb].es : verb
}
