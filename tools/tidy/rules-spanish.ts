/**
 * Spanish speaks to people as *tú*. What is said of third persons looks the same in part (*tiene*,
 * *su archivo*, *quien la abra*), so that only what cannot be of them is found.
 */
import type { Finding, Tree } from './tree.ts'

/** Texts in Spanish alone; what has both languages has the Spanish ones behind `const ES`. */
const SPANISH = /(^|[/.])es\.(ts|md)$/
const BOTH = /^src\/gateways\/.*texts\.ts$/
const BEGINS = /^const ES\b/

/** Imperatives of *usted*, without their accents: of verbs in -ar, then of those in -er and -ir. */
const ORDERS = [
  'abandone|acepte|actualice|acuda|adjunte|anada|aparte|apunte|arranque|arrastre|avise|ayude',
  'baje|borre|busque|cambie|cancele|cierre|comience|comparta|compruebe|confirme|conserve|copie|cree',
  'deje|descargue|detenga|ejecute|empiece|entre|envie|espere|firme|funde|guarde|hable|importe',
  'indique|inicie|instale|intente|libere|llame|llene|mate|mire|mueva|muestre|ordene|pare|pase|pegue',
  'pregunte|pruebe|publique|pulse|quite|recargue|recupere|regrese|restaure|retire|revise|salga',
  'seleccione|senale|suelte|sustituya|toque|use|vacie|verifique|visite|vuelva',
  'abra|acabe|confie|consulte|corra|diga|elija|escriba|haga|lea|pida|ponga|responda|siga|suba|tenga',
  'permita|tome|traiga|vaya|vea|venga',
].join('|')
const CLITIC = '(?:l[aeo]s?|se|me|nos)'

/** Where an order may begin: a sentence or clause, or behind another order. */
const BEHIND = String.raw`(?:^|["'«(\`.:;,¿¡>]\s*|\b[oy] )`

/** Alone they are as often something else: *entre dos*, *diga lo que diga*. */
const NO_ORDERS = /^(comparta|corra|diga|entre|firme|pare|pase|siga|tenga|vaya|venga)$/

const BARE = ORDERS.split('|').filter((order) => !NO_ORDERS.test(order))

const FOUND = [
  /\busted(?:es)?\b/,
  /\bsus? (?:cuenta|contrasena|navegador|perfil|peticion|sesion)\b/,
  new RegExp(String.raw`\b(?:${ORDERS})${CLITIC}\b`),
  new RegExp(String.raw`${BEHIND}(?:${BARE.join('|')})\b`),
] as const

/** Forms of *usted* in what people read in Spanish. */
export function spanishRule(tree: Tree): Finding[] {
  return [...tree].flatMap(([path, content]) => {
    if (!SPANISH.test(path) && !BOTH.test(path)) return []
    const lines = content.split('\n')
    const begin = SPANISH.test(path) ? 0 : lines.findIndex((line) => BEGINS.test(line))
    return begin === -1 ? [] : usted({ path, lines, begin })
  })
}

function usted({
  begin,
  lines,
  path,
}: {
  readonly begin: number
  readonly lines: readonly string[]
  readonly path: string
}): Finding[] {
  return lines.flatMap((line, index) => {
    if (index < begin) return []
    const plain = line.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase()
    const word = FOUND.map((pattern) => pattern.exec(plain)?.[0]).find((it) => it !== undefined)
    if (word === undefined) return []
    return [{ path, line: index + 1, text: `${word.trim()}: say tú, as all texts in Spanish do` }]
  })
}
