/** Dweets as lines for people. What others wrote stands indented, and steers no terminal. */
import { sizeText } from '../base/size-text.ts'
import type {
  Dweet,
  DweetPerson,
  Notification,
  Preview,
  Profile,
  Publication,
  Redweet,
} from '../wire/api-dweets.ts'
import type { ModerationNotice } from '../wire/api-reports.ts'
import type { Paint } from './paint.ts'
import { countText, dateText } from './table.ts'

const INDENT = '  '

export interface LinesHow {
  readonly paint: Paint
  /** Texts behind a warning are shown, too. */
  readonly isOpen?: boolean
  /** The address before that of an attachment, e.g. `http://localhost:9100`. */
  readonly door?: string
}

export function publicationLines(one: Publication, how: LinesHow): readonly string[] {
  return one.kind === 'dweet' ? dweetLines(one, how) : redweetLines(one, how)
}

export function dweetLines(dweet: Dweet, how: LinesHow): readonly string[] {
  const { isOpen = false, paint } = how
  const { author, createdAt, id, warning } = dweet
  const facts = [dateText(createdAt), ...standingTexts(dweet), id].join(' · ')
  const isHidden = warning !== undefined && !isOpen
  return [
    `${paint('bold', personText(author))} ${paint('dim', facts)}`,
    ...(warning === undefined ? [] : [paint('yellow', `${INDENT}${warningText(dweet, warning)}`)]),
    ...(isHidden
      ? [paint('dim', `${INDENT}“npx anillo dweet show ${id}” shows the text`)]
      : [...(dweet.text === '' ? [] : indented(dweet.text)), ...attachedLines(dweet, how)]),
  ]
}

/** What it shows, and where its bytes are: at any member, for who is logged in there. */
function attachedLines(
  { attachments = [], preview }: Dweet,
  { door = '', paint }: LinesHow,
): readonly string[] {
  const shown = attachments.map(({ bytes, description, kind, name, url }) => {
    const said = plain((description ?? name).replaceAll('\n', ' '))
    return `${INDENT}[${kind}: ${said}] ${paint('dim', `${door}${url} (${sizeText(bytes)})`)}`
  })
  return preview === undefined ? shown : [...shown, `${INDENT}[link: ${previewText(preview)}]`]
}

function previewText({ site, title }: Preview): string {
  return plain(site === undefined ? title : `${title} · ${site}`)
}

function warningText({ isWarnedByModerators }: Dweet, warning: string): string {
  const whose = isWarnedByModerators === true ? 'warning of moderators' : 'warning'
  return `${whose}: ${plain(warning)}`
}

function standingTexts(dweet: Dweet): readonly string[] {
  const { editedAt, importedAt, likes, mine, redweets, replies, replyTo, visibility } = dweet
  return [
    ...(replyTo === undefined ? [] : [`answers @${plain(replyTo.nick)}`]),
    ...(visibility === 'followers' ? ['for followers'] : []),
    ...(editedAt === undefined ? [] : ['edited']),
    ...(importedAt === undefined ? [] : ['imported']),
    ...(replies === 0 ? [] : [replies === 1 ? '1 reply' : `${replies} replies`]),
    ...(redweets === 0 ? [] : [countText(redweets, 'redweet') + (mine.redweeted ? ' (you)' : '')]),
    ...(likes === 0 ? [] : [countText(likes, 'like') + (mine.liked ? ' (you)' : '')]),
  ]
}

function goneText({ importedAt, isHidden, isRemovedByModerators }: Redweet): string {
  if (isHidden === true) return 'This dweet is not for you any more.'
  if (isRemovedByModerators === true) return 'This dweet was removed by a moderator.'
  return importedAt === undefined
    ? 'This dweet was deleted by its author.'
    : 'This dweet is not on this ring.'
}

function redweetLines(redweet: Redweet, how: LinesHow): readonly string[] {
  const { author, createdAt, id, of } = redweet
  const head = `${personText(author)} redweeted`
  return [
    `${how.paint('bold', head)} ${how.paint('dim', `${dateText(createdAt)} · ${id}`)}`,
    ...(of === null
      ? [INDENT + goneText(redweet)]
      : dweetLines(of, how).map((text) => INDENT + text)),
  ]
}

export function profileLines(profile: Profile, { paint }: LinesHow): readonly string[] {
  const { bio, dweets, followers, following, joinedAt, relationship } = profile
  const counts = [
    countText(dweets, 'dweet'),
    `follows ${following}`,
    countText(followers, 'follower'),
    `since ${dateText(joinedAt)}`,
  ]
  const between = [
    ...(relationship?.following === true ? ['you follow them'] : []),
    ...(relationship?.followedBy === true ? ['they follow you'] : []),
    ...(relationship?.muted === true ? ['muted'] : []),
    ...(relationship?.blocked === true ? ['blocked'] : []),
  ]
  return [
    paint('bold', personText(profile)),
    ...(bio === '' ? [] : indented(bio)),
    paint('dim', [...counts, ...between].join(' · ')),
    ...(profile.standing === undefined ? [] : [paint('yellow', standingText(profile.standing))]),
  ]
}

function standingText({ kind, message, until }: NonNullable<Profile['standing']>): string {
  const time = until === undefined ? '' : ` until ${dateText(until)}`
  return `${kind} by a moderator${time}${message === undefined ? '' : `: ${plain(message)}`}`
}

const DID: Readonly<Record<Notification['kind'], string>> = {
  mention: 'mentioned you',
  reply: 'answered you',
  redweet: 'redweeted you',
  like: 'likes your dweet',
  follow: 'follows you',
  moderated: 'A moderator has decided:',
}

export function notificationLines(note: Notification, how: LinesHow): readonly string[] {
  const { at, by, dweet, kind, moderation } = note
  const head = kind === 'moderated' ? DID.moderated : `${personText(by)} ${DID[kind]}`
  return [
    `${how.paint('bold', head)} ${how.paint('dim', dateText(at))}`,
    ...(moderation === undefined ? [] : moderationLines(moderation)),
    ...(dweet === undefined ? [] : dweetLines(dweet, how).map((text) => INDENT + text)),
  ]
}

const DECIDED: Readonly<Record<ModerationNotice['action'], string>> = {
  dismiss: 'nothing is to be done',
  remove: 'this dweet of yours was removed',
  warn: 'a warning stands before this dweet of yours',
  limit: 'what you publish is for your followers alone',
  suspend: 'you may not publish, redweet, like or follow',
  lift: 'you may dweet as before',
}

function moderationLines(notice: ModerationNotice): readonly string[] {
  const { action, message, reason, text, until, warning } = notice
  const isFree = action === 'warn' && warning === ''
  const facts = [
    isFree ? 'the warning before this dweet of yours is taken off' : DECIDED[action],
    ...(reason === undefined ? [] : [`reason: ${reason}`]),
    ...(until === undefined ? [] : [`until ${dateText(until)}`]),
  ]
  return [
    `${INDENT}${facts.join(' · ')}`,
    ...(message === undefined ? [] : indented(message)),
    ...(text === undefined ? [] : indented(text).map((one) => INDENT + one)),
  ]
}

export function personText({ name, nick }: DweetPerson): string {
  return name === nick ? `@${plain(nick)}` : `${plain(name)} (@${plain(nick)})`
}

/** Each line behind the indent, so that none passes for the head of another dweet. */
export function indented(text: string): readonly string[] {
  return text.split('\n').map((one) => INDENT + plain(one))
}

/** Colours would be others', too. */
function plain(text: string): string {
  return text.replaceAll(STEERING, '')
}

const STEERING = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/gu
