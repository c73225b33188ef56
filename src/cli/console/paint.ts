/** Publications, people and notifications as lines of a terminal. What others wrote is harmless. */
import type {
  Dweet,
  DweetPerson,
  Profile,
  Publication,
  Relationship,
} from '../../wire/api-dweets.ts'
import { harmless, harmlessLine } from './harmless.ts'
import { cut, widthOf, wrapped } from './text-width.ts'
import type { Texts } from './texts.ts'

export interface Canvas {
  readonly texts: Texts
  readonly columns: number
  readonly nowMs: number
}

const INDENT = '    '
const BETWEEN = ' · '

interface Painted {
  /** As it stands in brackets. */
  readonly number?: number | undefined
  /** Also what has a warning. */
  readonly isOpen?: boolean
}

export function publicationLines(
  canvas: Canvas,
  publication: Publication,
  painted: Painted,
): readonly string[] {
  const { texts } = canvas
  if (publication.kind === 'dweet') return dweetLines(canvas, publication, painted)
  const by = harmlessLine(publication.author.nick)
  if (publication.of !== null) {
    const who = texts.redweet(by, harmlessLine(publication.of.author.nick))
    return dweetLines(canvas, publication.of, { ...painted, who })
  }
  const facts = [timeText(canvas, publication.createdAt)]
  const gone = publication.isRemovedByModerators === true ? texts.wasRemoved : texts.wasDeleted
  const unseen = publication.isHidden === true ? texts.isHidden : gone
  return [...headLines(canvas, { ...painted, who: by, facts }), ...indented(canvas, unseen)]
}

function dweetLines(
  canvas: Canvas,
  dweet: Dweet,
  { who, isOpen = false, number }: Painted & { readonly who?: string },
): readonly string[] {
  const { texts } = canvas
  const { author, editedAt, replyTo, visibility, warning } = dweet
  const answers = replyTo === undefined ? '' : ` ${texts.answers(harmlessLine(replyTo.nick))}`
  const facts = [
    timeText(canvas, dweet.createdAt),
    ...(editedAt === undefined ? [] : [texts.wasEdited]),
    ...(visibility === 'followers' ? [texts.forFollowers] : []),
    ...countsOf(texts, dweet),
  ]
  const head = headLines(canvas, {
    number,
    who: who ?? harmlessLine(author.nick),
    name: who === undefined ? nameBeside(author) : '',
    does: answers,
    facts,
  })
  const warned = warning === undefined ? [] : indented(canvas, warningText(texts, dweet, isOpen))
  const shown = dweet.text === '' ? [] : indented(canvas, harmless(dweet.text))
  const isHidden = warning !== undefined && !isOpen
  return [...head, ...warned, ...(isHidden ? [] : [...shown, ...attachedLines(canvas, dweet)])]
}

function warningText(
  texts: Texts,
  { isWarnedByModerators, warning = '' }: Pick<Dweet, 'isWarnedByModerators' | 'warning'>,
  isOpen: boolean,
): string {
  const said = harmlessLine(warning)
  const whole = isWarnedByModerators === true ? texts.warnedBy(said) : texts.warns(said)
  return isOpen ? whole : `${whole} ${texts.howToOpen}`
}

/** The address is below that of any member; cut, nobody could ask for it. */
function attachedLines(canvas: Canvas, { attachments = [], preview }: Dweet): readonly string[] {
  const shown = attachments.flatMap(({ description, kind, name, url }) => {
    const said = `${canvas.texts.attached[kind]}: ${harmlessLine(description ?? name)}`
    return [...indented(canvas, `[${said}]`), ...indented(canvas, harmlessLine(url))]
  })
  if (preview === undefined) return shown
  const { site, title } = preview
  const said = harmlessLine(site === undefined ? title : `${title} · ${site}`)
  return [...shown, ...indented(canvas, `[${canvas.texts.link}: ${said}]`)]
}

/** Where it says more than the nick. */
function nameBeside({ name, nick }: DweetPerson): string {
  const shown = harmlessLine(name)
  return shown === '' || shown === nick ? '' : ` (${shown})`
}

function countsOf(texts: Texts, { likes, mine, redweets, replies }: Dweet): readonly string[] {
  return [
    ...(replies > 0 ? [texts.replies(replies)] : []),
    ...(redweets > 0 ? [texts.redweets(redweets)] : []),
    ...(likes > 0 ? [texts.likes(likes)] : []),
    ...(mine.redweeted ? [texts.isRedweeted] : []),
    ...(mine.liked ? [texts.isLiked] : []),
  ]
}

interface Head {
  readonly number?: number | undefined
  readonly who: string
  /** Left out where there is no room. */
  readonly name?: string
  readonly does?: string
  readonly facts: readonly string[]
}

function headLines(
  canvas: Canvas,
  { does = '', facts, name = '', number, who }: Head,
): readonly string[] {
  const begin = number === undefined ? INDENT : `[${number}] `
  const end = [does, ...facts].join(BETWEEN)
  const whole = `${begin}${who}${name}${end}`
  return hanging(canvas, widthOf(whole) <= canvas.columns ? whole : `${begin}${who}${end}`)
}

/** One text whose further lines stand behind the indent. */
export function hanging(canvas: Canvas, text: string): readonly string[] {
  const [first = '', ...others] = wrapped(text, canvas.columns)
  return others.length === 0 ? [first] : [first, ...indented(canvas, others.join(' '))]
}

/** Behind the indent, so that nothing that somebody wrote passes for the head of another dweet. */
export function indented({ columns }: Canvas, text: string): readonly string[] {
  return wrapped(text, columns - INDENT.length).map((line) => `${INDENT}${line}`.trimEnd())
}

export function profileLines(canvas: Canvas, profile: Profile): readonly string[] {
  const { columns, texts } = canvas
  const { bio, joinedAt, name, nick, relationship } = profile
  const head = [
    `${nick}${nameBeside({ nick, name })}`,
    texts.joined(dateText(canvas, joinedAt)),
  ].join(BETWEEN)
  const related = relationship === undefined ? [] : relatedWords(texts, relationship)
  const counts = [texts.counts(profile), ...related].join(BETWEEN)
  const about = bio === '' ? [] : wrapped(harmless(bio), columns)
  return [...wrapped(head, columns), ...about, ...wrapped(counts, columns)]
}

function relatedWords({ related }: Texts, { blocked, muted, ...is }: Relationship): string[] {
  return [
    ...(is.following && is.followedBy ? [related.mutual] : []),
    ...(is.following && !is.followedBy ? [related.following] : []),
    ...(!is.following && is.followedBy ? [related.followedBy] : []),
    ...(muted ? [related.muted] : []),
    ...(blocked ? [related.blocked] : []),
  ]
}

export function nicksText(texts: Texts, people: readonly DweetPerson[], isAll: boolean): string {
  if (people.length === 0) return texts.nobody
  return people.map(({ nick }) => harmlessLine(nick)).join(', ') + (isAll ? '' : ', …')
}

/** On one line: what is told while somebody types. */
export function inPassing({ columns, texts }: Canvas, publication: Publication): string {
  const nick = harmlessLine(publication.author.nick)
  const dweet = publication.kind === 'dweet' ? publication : publication.of
  const text = dweet === null ? texts.wasDeleted : firstWords(texts, dweet)
  const isOwn = publication.kind === 'dweet' || dweet === null
  const whole = isOwn
    ? texts.spoke(nick, text)
    : texts.shared(nick, harmlessLine(dweet.author.nick), text)
  return cut(whole, columns)
}

export function firstWords(
  texts: Texts,
  dweet: Pick<Dweet, 'text' | 'warning' | 'isWarnedByModerators'>,
): string {
  return dweet.warning === undefined ? harmlessLine(dweet.text) : warningText(texts, dweet, false)
}

/** By the clock of whoever reads: `14:02` of today, else the day, too, or the year. */
export function timeText(canvas: Canvas, instant: string): string {
  const ms = Date.parse(instant)
  return Number.isNaN(ms) ? '?' : momentText(canvas, ms)
}

export function momentText({ nowMs, texts }: Pick<Canvas, 'nowMs' | 'texts'>, ms: number): string {
  const [then, now] = [new Date(ms), new Date(nowMs)]
  const clock = `${two(then.getHours())}:${two(then.getMinutes())}`
  if (then.toDateString() === now.toDateString()) return clock
  const day = `${then.getDate()} ${texts.months[then.getMonth()]}`
  return then.getFullYear() === now.getFullYear()
    ? `${day} ${clock}`
    : `${day} ${then.getFullYear()}`
}

function dateText({ texts }: Canvas, instant: string): string {
  const then = new Date(instant)
  if (Number.isNaN(then.getTime())) return '?'
  return `${then.getDate()} ${texts.months[then.getMonth()]} ${then.getFullYear()}`
}

function two(number: number): string {
  return String(number).padStart(2, '0')
}
