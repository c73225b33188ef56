/** One share: its links, and who has it outside. */
import { useId } from 'preact/hooks'

import type { Share } from '../../../../src/wire/api-shares.ts'
import { torrentAddress } from '../../api/shares.ts'
import { useSession } from '../../state/session.ts'
import { useCell } from '../../state/use-cell.ts'
import { Card, LoadTrouble, ViewLink } from '../accounts/parts.tsx'
import { CopyButton } from '../copy-button.tsx'
import { FreshLink } from '../fresh-link.tsx'
import { useLoaded } from '../hooks.ts'
import { Health } from './health.tsx'
import { OutsideCard } from './outside-card.tsx'
import { QrCode } from './qr-code.tsx'
import { ShareLink, shareViewOf } from './share-link.tsx'
import { useShareWords } from './share-words.ts'
import { EndShare } from './shares-list.tsx'
import { useShares } from './shares-of.ts'

export function SharePage({ id }: { readonly id: string }) {
  const session = useSession()
  const shares = useShares()
  const { own, texts } = useShareWords()
  const { again, trouble, value } = useLoaded(() => shares.find(id), id)
  return (
    <>
      <p class="crawl__back">
        <ShareLink place={{ kind: 'shares' }}>{own.share.back}</ShareLink>
      </p>
      {trouble?.code === 'NOT_FOUND' && (
        <p class="note" role="status">
          {own.share.noSuch}
        </p>
      )}
      {trouble !== undefined && trouble.code !== 'NOT_FOUND' && (
        <LoadTrouble trouble={trouble} onAgain={again} />
      )}
      {value === undefined && trouble === undefined && (
        <p class="quiet">{texts.accounts.loading}</p>
      )}
      {value !== undefined && (
        <div class="panels">
          <AboutCard share={value} onEnded={() => session.go(shareViewOf({ kind: 'shares' }))} />
          <QrCard share={value} />
          <OutsideCard share={value} />
        </div>
      )}
    </>
  )
}

interface AboutCardProps {
  readonly share: Share
  readonly onEnded: () => void
}

function AboutCard({ onEnded, share }: AboutCardProps) {
  const { bytes, minute, number, own } = useShareWords()
  const door = useCell(useSession().door)
  const words = own.share
  const { mainline } = share
  const knownThere = ({ nodes, saidAt }: NonNullable<Share['mainline']>): string =>
    words.inMainline(number(nodes), nodes === 1, minute(saidAt))
  const facts = [
    [own.list.size, bytes(share.bytes)],
    [own.list.by, share.by],
    [own.list.at, minute(share.madeAt)],
    [words.root, share.root],
    [words.sha256, share.sha256],
    ...(mainline === undefined ? [] : [[words.mainline, knownThere(mainline)] as const]),
  ] as const
  return (
    <Card title={share.name}>
      <p class="shares__health">
        <Health share={share} />
      </p>
      <LinksOf share={share} />
      <dl class="facts shares__facts">
        {facts.flatMap(([term, text]) => [
          <dt key={term}>{term}</dt>,
          <dd key={`${term} told`} class="breakable">
            {text}
          </dd>,
        ])}
        {share.path !== undefined && (
          <>
            <dt>{words.file}</dt>
            <dd class="breakable">
              <ViewLink view={{ name: 'files', path: share.path }}>{share.path}</ViewLink>
            </dd>
          </>
        )}
      </dl>
      <p class="panel__hint">
        <FreshLink href={torrentAddress(door, share.id)} isDownload>
          {words.torrent}
        </FreshLink>{' '}
        <span class="quiet">{words.torrentHint}</span>
      </p>
      <EndShare share={share} onEnded={onEnded} />
    </Card>
  )
}

/** What one gives to others. */
export function LinksOf({ share }: { readonly share: Share }) {
  const { number, own } = useShareWords()
  const words = own.share
  const [first, ...others] = share.urls
  return (
    <div class="stack shares__links">
      <LinkField label={words.magnet} hint={words.magnetHint} text={share.magnet} />
      {first !== undefined && (
        <LinkField label={words.address} hint={words.addressHint} text={first} />
      )}
      {others.length > 0 && (
        <details class="disclosure">
          <summary>{words.addresses(number(share.urls.length))}</summary>
          <ul class="shares__urls">
            {share.urls.map((url) => (
              <li key={url} class="breakable">
                <a href={url} rel="noreferrer">
                  {url}
                </a>
              </li>
            ))}
          </ul>
        </details>
      )}
    </div>
  )
}

interface LinkFieldProps {
  readonly label: string
  readonly hint: string
  readonly text: string
}

function LinkField({ hint, label, text }: LinkFieldProps) {
  const { own } = useShareWords()
  const id = useId()
  return (
    <div class="labelled">
      <label class="label" for={id}>
        {label}
      </label>
      <div class="labelled__row">
        <input
          id={id}
          class="field secret__text"
          type="text"
          readOnly
          value={text}
          aria-describedby={`${id}-hint`}
          onFocus={({ currentTarget }) => currentTarget.select()}
        />
      </div>
      <div class="actions">
        <CopyButton
          text={text}
          label={own.share.copy}
          name={own.share.copyOf(label)}
          copied={own.share.copied}
        />
        <span id={`${id}-hint`} class="labelled__hint">
          {hint}
        </span>
      </div>
    </div>
  )
}

function QrCard({ share }: { readonly share: Share }) {
  const { own } = useShareWords()
  return (
    <Card title={own.code.title}>
      <QrCode address={share.urls[0]} magnet={share.magnet} />
    </Card>
  )
}
