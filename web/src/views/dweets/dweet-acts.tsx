/** What can be done with a dweet: buttons, which keys press, too (`aria-keyshortcuts`). */
import type { ComponentChildren } from 'preact'

import type { Dweet } from '../../../../src/wire/api-dweets.ts'
import { withOwnCounts, withRedweet } from '../../model/dweet-reaction.ts'
import { Confirm, Outcome } from '../accounts/parts.tsx'
import type { Doing } from '../hooks.ts'
import { useDeskDoing } from './desk-doing.ts'
import { useDesk } from './desk.ts'
import { BookmarkIcon, LikeIcon, RedweetIcon, ReplyIcon } from './dweet-icons.tsx'
import { useDweetWords } from './dweet-words.ts'
import { PlaceLink } from './place-link.tsx'

export interface DweetActsProps {
  readonly dweet: Dweet
  readonly onChange: (dweet: Dweet) => void
  readonly onReply: () => void
  readonly onEdit: () => void
  readonly onReport: () => void
  readonly onRemoved: () => void
}

export function DweetActs(props: DweetActsProps) {
  const { dweet, onChange, onEdit, onRemoved, onReply, onReport } = props
  const { client, mayModerate, mayWrite, nick } = useDesk()
  const { texts } = useDweetWords()
  const doing = useDeskDoing()
  const isOwn = mayWrite && dweet.author.nick === nick
  const remove = (): void =>
    doing.run(async () => {
      await client.remove(dweet.id)
      onRemoved()
      return undefined
    })
  return (
    <>
      <div class="dweet__acts">
        {mayWrite && (
          <Reactions dweet={dweet} doing={doing} onChange={onChange} onReply={onReply} />
        )}
        <span class="dweet__more">
          <PlaceLink place={{ kind: 'dweet', id: dweet.id }} class="dweet__open">
            {texts.dweet.open}
          </PlaceLink>
          {isOwn && (
            <button type="button" class="link-button" onClick={onEdit}>
              {texts.dweet.edit}
            </button>
          )}
          {mayWrite && !isOwn && (
            <button type="button" class="link-button" onClick={onReport}>
              {texts.report.open}
            </button>
          )}
        </span>
        {(isOwn || mayModerate) && (
          <Confirm
            label={texts.dweet.remove}
            question={texts.dweet.removeAsked}
            isSmall
            isRunning={doing.isRunning}
            onConfirm={remove}
          />
        )}
      </div>
      <Outcome trouble={doing.trouble} done={undefined} />
    </>
  )
}

interface ReactionsProps extends Pick<DweetActsProps, 'dweet' | 'onChange' | 'onReply'> {
  readonly doing: Doing<undefined>
}

function Reactions({ doing, dweet, onChange, onReply }: ReactionsProps) {
  const { client } = useDesk()
  const { texts } = useDweetWords()
  const words = texts.dweet
  const { bookmarked, liked, redweeted } = dweet.mine
  const { isRunning } = doing
  const change = (work: () => Promise<Dweet>): void =>
    doing.run(async () => {
      onChange(await work())
      return undefined
    })
  const mark = (what: 'like' | 'bookmark', isSo: boolean): void =>
    change(async () => withOwnCounts(await client.mark(dweet.id, what, isSo), dweet))
  const redweet = (): void =>
    change(async () => {
      await (redweeted ? client.unredweet(dweet.id) : client.redweet(dweet.id))
      return withRedweet(dweet, !redweeted)
    })
  const act = (keys: string, label: string, onPress: () => void) => ({
    keys,
    label,
    isRunning,
    onPress,
  })
  return (
    <>
      <Act {...act('r', words.reply, onReply)} count={dweet.replies}>
        <ReplyIcon />
      </Act>
      <Act
        {...act('t', words.redweet, redweet)}
        isOn={redweeted}
        count={dweet.redweets}
        // For followers only: it is not anybody's to pass on.
        isOff={dweet.visibility === 'followers'}
      >
        <RedweetIcon />
      </Act>
      <Act {...act('l', words.like, () => mark('like', !liked))} isOn={liked} count={dweet.likes}>
        <LikeIcon />
      </Act>
      <Act {...act('b', words.bookmark, () => mark('bookmark', !bookmarked))} isOn={bookmarked}>
        <BookmarkIcon />
      </Act>
    </>
  )
}

interface ActProps {
  readonly keys: string
  readonly label: string
  /** Absent: it is no switch. */
  readonly isOn?: boolean
  readonly isOff?: boolean
  readonly count?: number
  readonly isRunning: boolean
  readonly onPress: () => void
  readonly children: ComponentChildren
}

function Act({
  children,
  count = 0,
  isOff = false,
  isOn,
  isRunning,
  keys,
  label,
  onPress,
}: ActProps) {
  const { number } = useDweetWords()
  return (
    <button
      type="button"
      class="act"
      title={label}
      aria-keyshortcuts={keys}
      aria-disabled={isRunning}
      disabled={isOff}
      onClick={onPress}
      {...(isOn === undefined ? {} : { 'aria-pressed': isOn })}
    >
      {children}
      <span class="unseen">{label}</span> {count > 0 && number(count)}
    </button>
  )
}
