/** Public links that there are, to be copied again, changed and revoked. */
import { useLayoutEffect, useRef, useState } from 'preact/hooks'

import type { PublicLink } from '../../../../src/wire/api-links.ts'
import { filesOf } from '../../files/files-of.ts'
import { useSession } from '../../state/session.ts'
import { Confirm, Outcome } from '../accounts/parts.tsx'
import { DweetLink } from '../dweet-link.tsx'
import { useDoing } from '../hooks.ts'
import { CopyLink } from './copy-link.tsx'
import { useFileWords } from './file-words.ts'
import { LinkChangeForm } from './link-change.tsx'

interface LinkTableProps {
  readonly links: readonly PublicLink[]
  /** They lead to several places, which are told. */
  readonly isNamed: boolean
  /** They are of several makers, who are told. */
  readonly isOfAll?: boolean
  readonly onChanged: () => void
}

export function LinkTable({ isNamed, isOfAll = false, links, onChanged }: LinkTableProps) {
  const { links: calls } = filesOf(useSession())
  const { texts } = useFileWords()
  const words = texts.links
  const revoking = useDoing<never>()
  const revoke = (link: PublicLink): void =>
    revoking.run(async () => {
      await calls.revoke(link)
      onChanged()
      return undefined
    })
  return (
    <>
      <div class="scroll" role="region" aria-label={words.table} tabIndex={0}>
        <table class="table table--told">
          <caption class="unseen">{words.table}</caption>
          <thead>
            <tr>
              {isNamed && <th scope="col">{words.to}</th>}
              {isOfAll && <th scope="col">{words.by}</th>}
              <th scope="col">{words.state}</th>
              <th scope="col">{words.until}</th>
              <th scope="col" class="number">
                {words.downloads}
              </th>
              <td />
            </tr>
          </thead>
          <tbody>
            {links.map((link) => (
              <LinkRow
                key={link.id}
                link={link}
                isNamed={isNamed}
                isOfAll={isOfAll}
                isRunning={revoking.isRunning}
                onChanged={onChanged}
                onRevoke={() => revoke(link)}
              />
            ))}
          </tbody>
        </table>
      </div>
      <Outcome trouble={revoking.trouble} done={undefined} />
    </>
  )
}

interface LinkRowProps {
  readonly link: PublicLink
  readonly isNamed: boolean
  readonly isOfAll: boolean
  readonly isRunning: boolean
  readonly onChanged: () => void
  readonly onRevoke: () => void
}

function LinkRow({ isNamed, isOfAll, isRunning, link, onChanged, onRevoke }: LinkRowProps) {
  const { minute, number, texts } = useFileWords()
  const words = texts.links
  const { by, createdAt, downloads, downloadsMax, expiresAt, hasPassword, name, path, state } = link
  const made = minute(createdAt)
  const most = downloadsMax === undefined ? undefined : number(downloadsMax)
  const { close, isOpen, opener, setIsOpen } = useOpened()
  const columns = COLUMNS + (isNamed ? 1 : 0) + (isOfAll ? 1 : 0)
  const row = (
    <tr>
      {isNamed && (
        <td class="breakable" data-title={words.to}>
          {path ?? name}
        </td>
      )}
      {isOfAll && <td data-title={words.by}>{by}</td>}
      <td data-title={words.state}>
        {words.states[state]}
        {hasPassword ? ` · ${words.locked}` : ''}
      </td>
      <td data-title={words.until}>{expiresAt === undefined ? words.ever : minute(expiresAt)}</td>
      <td class="number" data-title={words.downloads}>
        {most === undefined ? number(downloads) : words.of(number(downloads), most)}
      </td>
      <td>
        <div class="actions">
          <CopyLink link={link} label={words.copy} name={words.copyOf(made)} />
          {state === 'open' && <DweetLink title={name} url={link.url} />}
          <button
            ref={opener}
            type="button"
            class="button button--small"
            aria-label={words.changeOf(made)}
            aria-expanded={isOpen}
            onClick={() => setIsOpen(!isOpen)}
          >
            {words.change}
          </button>
          <Confirm
            label={words.revoke}
            name={words.revokeOf(made)}
            question={words.revokeQuestion}
            isSmall
            isRunning={isRunning}
            onConfirm={onRevoke}
          />
        </div>
      </td>
    </tr>
  )
  if (!isOpen) return row
  return (
    <>
      {row}
      <tr>
        <td colSpan={columns}>
          <LinkChangeForm
            link={link}
            name={words.changeOf(made)}
            onChanged={onChanged}
            onClose={close}
          />
        </td>
      </tr>
    </>
  )
}

/** State, end, downloads, and what can be done. */
const COLUMNS = 4

/** Closed, the focus is where it was opened. */
function useOpened() {
  const opener = useRef<HTMLButtonElement>(null)
  const [isOpen, setIsOpen] = useState(false)
  const wasOpen = useRef(false)
  useLayoutEffect(() => {
    if (wasOpen.current && !isOpen) opener.current?.focus()
    wasOpen.current = isOpen
  }, [isOpen])
  return { isOpen, setIsOpen, opener, close: () => setIsOpen(false) }
}
