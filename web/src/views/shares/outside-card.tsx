/** Who has the content of a share, as the open network tells it. */
import type { Share, ShareLookup, ShareProvider } from '../../../../src/wire/api-shares.ts'
import { shortHex } from '../../model/format.ts'
import { Card, LoadTrouble } from '../accounts/parts.tsx'
import { useLoaded } from '../hooks.ts'
import { ShareLink } from './share-link.tsx'
import { useShareWords } from './share-words.ts'
import { useShares } from './shares-of.ts'

export function OutsideCard({ share }: { readonly share: Share }) {
  const shares = useShares()
  const { own } = useShareWords()
  const words = own.outside
  const { again, trouble, value } = useLoaded(() => shares.lookup(share.name), share.id)
  return (
    <Card title={words.title} isWide>
      <p class="quiet panel__hint">{words.hint}</p>
      {trouble !== undefined && <LoadTrouble trouble={trouble} onAgain={again} />}
      <p class="quiet" role="status">
        {value === undefined && trouble === undefined ? words.looking : ''}
      </p>
      {value !== undefined && <Outside share={share} lookup={value} onAgain={again} />}
    </Card>
  )
}

interface OutsideProps {
  readonly share: Share
  readonly lookup: ShareLookup
  readonly onAgain: () => void
}

function Outside({ lookup, onAgain, share }: OutsideProps) {
  const { number, own } = useShareWords()
  const words = own.outside
  const same = lookup.contents.filter(({ root }) => root === share.root)
  const providers = same.flatMap((one) => one.providers)
  const others = lookup.contents.length - same.length
  return (
    <>
      {providers.length === 0 && <p>{words.none}</p>}
      {providers.length > 0 && <ProvidersTable providers={providers} ownUrls={share.urls} />}
      {others > 0 && (
        <p class="shares__others">
          {words.others(number(others), others === 1)}{' '}
          <ShareLink place={{ kind: 'lookup', name: share.name }}>{words.toOthers}</ShareLink>
        </p>
      )}
      <button type="button" class="button button--small" onClick={onAgain}>
        {words.again}
      </button>
    </>
  )
}

interface ProvidersTableProps {
  readonly providers: readonly ShareProvider[]
  /** Of this ring’s doors. */
  readonly ownUrls: readonly string[]
}

export function ProvidersTable({ ownUrls, providers }: ProvidersTableProps) {
  const { minute, own } = useShareWords()
  const words = own.outside
  return (
    <div class="scroll" role="region" aria-label={words.table} tabIndex={0}>
      <table class="table table--told">
        <caption class="unseen">{words.table}</caption>
        <thead>
          <tr>
            <th scope="col">{words.url}</th>
            <th scope="col">{words.publisher}</th>
            <th scope="col">{words.until}</th>
          </tr>
        </thead>
        <tbody>
          {providers.map(({ expiresAt, publisher, url }) => (
            <tr key={`${publisher ?? ''} ${url}`}>
              <td class="shares__url">
                <bdi>{url}</bdi>
              </td>
              <td data-title={words.publisher}>
                {publisher === null ? (
                  <span class="shares__unproven">{words.nobody}</span>
                ) : (
                  <>
                    <code title={publisher}>{shortHex(publisher)}</code>
                    {ownUrls.includes(url) && <span class="quiet"> {words.ownRing}</span>}
                  </>
                )}
              </td>
              <td data-title={words.until}>{expiresAt === null ? '' : minute(expiresAt)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
