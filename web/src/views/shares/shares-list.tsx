/** All that the ring shares with everybody. */
import { useState } from 'preact/hooks'

import type { Share } from '../../../../src/wire/api-shares.ts'
import { may, nickOf } from '../../model/accounts.ts'
import { useSession } from '../../state/session.ts'
import { useCell } from '../../state/use-cell.ts'
import { Confirm, Outcome, ViewLink } from '../accounts/parts.tsx'
import { CopyButton } from '../copy-button.tsx'
import { useDoing, useLoaded } from '../hooks.ts'
import { PagedList, useRest } from '../paged-list.tsx'
import { Health } from './health.tsx'
import { ShareLink } from './share-link.tsx'
import { useShareWords } from './share-words.ts'
import { useShares } from './shares-of.ts'

export function SharesList() {
  const shares = useShares()
  const { own, texts } = useShareWords()
  const first = useLoaded(() => shares.list(), '')
  const rest = useRest((cursor) => shares.list(cursor))
  const [ended, setEnded] = useState<Readonly<Record<string, string>>>({})
  const last = Object.values(ended).at(-1)
  return (
    <div class="shares__list">
      <p class="outcome--done" role="status">
        {last === undefined ? '' : own.list.ended(last)}
      </p>
      <PagedList first={first} rest={rest}>
        {(items) => (
          <SharesTable
            items={items.filter(({ id }) => ended[id] === undefined)}
            onEnded={({ id, name }) => setEnded((before) => ({ ...before, [id]: name }))}
          />
        )}
      </PagedList>
      <p class="quiet">
        {own.list.fromFiles}{' '}
        <ViewLink view={{ name: 'files' }}>{texts.accounts.views.files}</ViewLink>
      </p>
    </div>
  )
}

interface SharesTableProps {
  readonly items: readonly Share[]
  readonly onEnded: (share: Share) => void
}

function SharesTable({ items, onEnded }: SharesTableProps) {
  const { own } = useShareWords()
  const words = own.list
  if (items.length === 0) return <p class="note">{words.none}</p>
  return (
    <div class="scroll" role="region" aria-label={words.table} tabIndex={0}>
      <table class="table table--told" id="shares">
        <caption class="unseen">{words.table}</caption>
        <thead>
          <tr>
            <th scope="col">{words.name}</th>
            <th scope="col" class="number">
              {words.size}
            </th>
            <th scope="col">{words.by}</th>
            <th scope="col">{words.at}</th>
            <th scope="col">{words.health}</th>
            <th scope="col">{words.actions}</th>
          </tr>
        </thead>
        <tbody>
          {items.map((share) => (
            <ShareRow key={share.id} share={share} onEnded={onEnded} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

interface ShareRowProps {
  readonly share: Share
  readonly onEnded: (share: Share) => void
}

function ShareRow({ onEnded, share }: ShareRowProps) {
  const { bytes, minute, own } = useShareWords()
  const words = own.list
  return (
    <tr>
      <td class="shares__name">
        <ShareLink place={{ kind: 'share', id: share.id }}>
          <bdi>{share.name}</bdi>
        </ShareLink>
      </td>
      <td class="number" data-title={words.size}>
        {bytes(share.bytes)}
      </td>
      <td data-title={words.by}>{share.by}</td>
      <td data-title={words.at}>{minute(share.madeAt)}</td>
      <td data-title={words.health} class="shares__health">
        <Health share={share} />
      </td>
      <td>
        <div class="actions">
          <CopyButton
            text={share.magnet}
            label={words.copyMagnet}
            name={words.copyMagnetOf(share.name)}
            copied={own.share.copied}
          />
          <EndShare share={share} isSmall onEnded={() => onEnded(share)} />
        </div>
      </td>
    </tr>
  )
}

interface EndShareProps {
  readonly share: Share
  readonly isSmall?: boolean
  readonly onEnded: () => void
}

/** For whoever shared it, and for who manages all files. */
export function EndShare({ isSmall = false, onEnded, share }: EndShareProps) {
  const shares = useShares()
  const { own } = useShareWords()
  const who = useCell(useSession().account.who)
  const ending = useDoing<never>()
  const isTheirs = share.by === nickOf(who) || may(who, 'files.manage')
  if (!may(who, 'shares.write') || !isTheirs) return null
  const end = (): void =>
    ending.run(async () => {
      await shares.end(share.id)
      onEnded()
      return undefined
    })
  return (
    <>
      <Confirm
        label={own.list.end}
        name={own.list.endOf(share.name)}
        question={own.list.reallyEnd(share.name)}
        isSmall={isSmall}
        isRunning={ending.isRunning}
        onConfirm={end}
      />
      <Outcome trouble={ending.trouble} done={undefined} />
    </>
  )
}
