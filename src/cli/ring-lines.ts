/** The ring as a table for people. */
import { sizeText } from '../base/size-text.ts'
import { isLoopback, parseAddress } from '../node/enrolment/endpoint.ts'
import type { Member, Ring, Waiting } from '../wire/api.ts'
import { pageCount } from '../wire/page-count.ts'
import type { Paint } from './paint.ts'
import type { ColumnTitle } from './status-words.ts'
import { storeLines } from './store-lines.ts'
import { tableLines, type Column } from './table.ts'

/** Positions are 64 hex digits; so many of them tell a share of the ring well enough. */
const KEY_DIGITS = 8

export function ringLines(
  ring: Ring & { readonly waiting: readonly Waiting[] },
  paint: Paint,
): readonly string[] {
  const members = ring.members.toSorted((a, b) => (a.position < b.position ? -1 : 1))
  const [titles = '', ...rows] = tableLines(memberColumns(ring, paint), members)
  return [
    headline(ring, paint),
    '',
    paint('dim', titles),
    ...rows,
    ...storeLines(ring, paint),
    ...ftpLines(members),
    ...ring.members.flatMap((member) => openDoorLines(member, paint)),
    ...ring.waiting.flatMap((waiting) => waitingLines(waiting, paint)),
    ...adviceLines(ring, paint),
  ]
}

/** One is enough to begin with. */
const FTP_SHOWN_MAX = 5

function ftpLines(members: readonly Member[]): readonly string[] {
  const up = members.filter(({ state }) => state === 'up')
  const doors = up.flatMap(({ ftp }) => ftp ?? []).toSorted()
  if (doors.length === 0) return []
  const more = doors.length - FTP_SHOWN_MAX
  const shown = doors.slice(0, FTP_SHOWN_MAX).join(', ')
  return [`files by FTP at ${shown}${more > 0 ? ` and ${more} more` : ''}`]
}

function headline(ring: Ring, paint: Paint): string {
  const up = ring.members.filter(({ state }) => state === 'up').length
  const all = ring.members.length
  const count = all === 1 ? '1 member' : `${all} members`
  const state = up === all ? paint('green', 'all up') : paint('yellow', `${up} up`)
  const pages = pageCount(ring.members)
  const bytes = ring.members.reduce((sum, member) => sum + member.pageBytes, 0)
  return `ring ${ring.ringId.slice(0, 8)}: ${count}, ${state}; ${pages === 1 ? '1 page' : `${pages} pages`}, ${sizeText(bytes)} with copies; as ${ring.self} sees it`
}

function memberColumns(
  ring: Ring,
  paint: Paint,
): readonly (Column<Member> & { readonly title: ColumnTitle })[] {
  const names = new Map(ring.members.map(({ id, name }) => [id, name]))
  // Members that met only just now may not know each other's names yet.
  const successor = ([next]: Member['successors']): string =>
    next === undefined ? '-' : (names.get(next.id) ?? next.name)
  return [
    { title: 'NAME', text: ({ name }) => (name === ring.self ? paint('bold', name) : name) },
    { title: 'STATE', text: (member) => stateText(ring, member, paint) },
    { title: 'DOOR', text: ({ url }) => url },
    { title: 'ADDRESS', text: ({ address }) => address },
    { title: 'ROLES', text: ({ roles }) => roles.join(' ') },
    { title: 'LEADS', text: ({ id }) => String(leadsOf(ring, id)), right: true },
    { title: 'KEYS', text: (member) => keysText(ring, member), right: true },
    { title: 'PAGES', text: pagesText, right: true },
    { title: 'DOWNLOADS', text: (member) => loadText(member, paint), right: true },
    { title: 'SUCCESSOR', text: ({ successors }) => successor(successors) },
  ]
}

function stateText({ enrolled }: Ring, { id, state }: Member, paint: Paint): string {
  const listed = enrolled?.find((one) => one.id === id)
  if (state === 'up' && listed?.state === 'draining') {
    return paint('yellow', listed.holds === 0 ? 'drained' : 'draining')
  }
  if (state === 'up') return paint('green', state)
  return paint(state === 'suspect' ? 'yellow' : 'red', state)
}

function leadsOf({ partitions }: Ring, id: string): number {
  return partitions.filter(({ leader }) => leader === id).length
}

/** The part of all keys that lies between its predecessor and itself. */
function keysText({ members }: Ring, { position, predecessor, state }: Member): string {
  if (state === 'down') return '-'
  // Who has only just come may not know who stands before it.
  if (predecessor === null) return members.length === 1 ? '100 %' : '-'
  if (predecessor.position === position) return '100 %'
  const whole = 16 ** KEY_DIGITS
  const arc = (fractionOf(position) - fractionOf(predecessor.position) + whole) % whole
  return `${Math.round((100 * arc) / whole)} %`
}

function pagesText({ pages, ownPages }: Member): string {
  return pages === 0 ? '0' : `${pages}, ${ownPages} of its share`
}

function fractionOf(position: string): number {
  return Number.parseInt(position.slice(0, KEY_DIGITS), 16)
}

function loadText({ load }: Member, paint: Paint): string {
  const text = `${load.downloads}/${load.downloadsMax}`
  return load.busy ? paint('yellow', `${text} busy`) : text
}

function openDoorLines({ name, admitsLocalUntil }: Member, paint: Paint): readonly string[] {
  if (admitsLocalUntil === undefined) return []
  const until = paint('yellow', `until ${admitsLocalUntil}`)
  return ['', `${name} lets in whoever joins from its network, without asking, ${until}.`]
}

function waitingLines(waiting: Waiting, paint: Paint): readonly string[] {
  const { code, name, address } = waiting
  const order = paint('bold', `npx anillo member admit ${code}`)
  return ['', `${name} at ${address} wants in. If its screen shows ${code}: ${order}`]
}

function adviceLines(ring: Ring, paint: Paint): readonly string[] {
  const hosts = new Set(ring.members.map(({ address }) => parseAddress(address)?.host ?? address))
  const [host = ''] = hosts
  if (hosts.size > 1 || ring.members.length < 2) return []
  const advice = isLoopback(host)
    ? 'a ring over several machines begins with “npx anillo init”.'
    : '“npx anillo token” lets another one join.'
  return ['', paint('dim', `One machine carries all members; ${advice}`)]
}
