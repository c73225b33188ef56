/** Public links that there are, to be copied again and revoked. */
import type { PublicLink } from '../../../../src/wire/api-links.ts'
import { filesOf } from '../../files/files-of.ts'
import { useSession } from '../../state/session.ts'
import { Confirm, Outcome } from '../accounts/parts.tsx'
import { useDoing } from '../hooks.ts'
import { CopyLink } from './copy-link.tsx'
import { useFileWords } from './file-words.ts'

interface LinkTableProps {
  readonly links: readonly PublicLink[]
  /** They lead to several places, which are told. */
  readonly isNamed: boolean
  readonly onRevoked: () => void
}

export function LinkTable({ isNamed, links, onRevoked }: LinkTableProps) {
  const { links: calls } = filesOf(useSession())
  const { texts } = useFileWords()
  const words = texts.links
  const revoking = useDoing<never>()
  const revoke = (link: PublicLink): void =>
    revoking.run(async () => {
      await calls.revoke(link)
      onRevoked()
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
                isRunning={revoking.isRunning}
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
  readonly isRunning: boolean
  readonly onRevoke: () => void
}

function LinkRow({ isNamed, isRunning, link, onRevoke }: LinkRowProps) {
  const { minute, number, texts } = useFileWords()
  const words = texts.links
  const { createdAt, downloads, downloadsMax, expiresAt, hasPassword, name, path, state } = link
  const made = minute(createdAt)
  const most = downloadsMax === undefined ? undefined : number(downloadsMax)
  return (
    <tr>
      {isNamed && (
        <td class="breakable" data-title={words.to}>
          {path ?? name}
        </td>
      )}
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
}
