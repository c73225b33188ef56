/** The open network as the member sees it that the page speaks to. */
import { useEffect } from 'preact/hooks'

import type { ShareNetwork } from '../../../../src/wire/api-shares.ts'
import { shortHex } from '../../model/format.ts'
import { bucketSum, contactState, type Contact } from '../../model/network-picture.ts'
import { Card, LoadTrouble } from '../accounts/parts.tsx'
import { useLoaded } from '../hooks.ts'
import { LookupsCards } from './lookups-cards.tsx'
import { NetworkDots } from './network-dots.tsx'
import { useShareWords } from './share-words.ts'
import { useShares } from './shares-of.ts'

const RENEW_EVERY_MS = 5_000

export function NetworkPlace() {
  const shares = useShares()
  const { own, texts } = useShareWords()
  const { again, trouble, value } = useLoaded(() => shares.network(), '')
  useEffect(() => {
    const timer = setInterval(() => document.hidden || again(), RENEW_EVERY_MS)
    return () => clearInterval(timer)
  }, [])
  return (
    <>
      {trouble !== undefined && <LoadTrouble trouble={trouble} onAgain={again} />}
      {value === undefined && trouble === undefined && (
        <p class="quiet">{texts.accounts.loading}</p>
      )}
      {value?.id === null && <p class="note">{own.network.none}</p>}
      {value !== undefined && value.id !== null && <Network network={value} />}
    </>
  )
}

function Network({ network }: { readonly network: ShareNetwork }) {
  const { bytes, number, own } = useShareWords()
  const words = own.network
  const { buckets, held, host, id, lookups, port } = network
  const contacts = buckets.flatMap((bucket) => bucket.contacts)
  const suspects = contacts.filter((one) => contactState(one) === 'suspect').length
  const facts = [
    [words.id, id ?? ''],
    [words.listens, `${host ?? ''}:${port ?? ''} (UDP)`],
    [words.held, words.heldTold(number(held.keys), number(held.records), bytes(held.bytes))],
  ] as const
  const told = words.told(number(contacts.length), number(buckets.length), number(suspects))
  return (
    <div class="shares__cards">
      <Card title={words.node} isWide>
        <dl class="facts">
          {facts.flatMap(([term, text]) => [
            <dt key={term}>{term}</dt>,
            <dd key={`${term} told`} class="breakable">
              {text}
            </dd>,
          ])}
        </dl>
      </Card>
      <Card title={words.buckets} isWide>
        <p>{told}</p>
        <p class="quiet panel__hint">{words.bucketsHint}</p>
        {contacts.length > 0 && (
          <>
            <NetworkDots buckets={buckets} label={told} />
            <BucketsTable buckets={buckets} />
            <details class="disclosure">
              <summary>{words.contacts}</summary>
              <ContactsTable contacts={contacts} />
            </details>
          </>
        )}
      </Card>
      <LookupsCards lookups={lookups} contacts={contacts} />
    </div>
  )
}

function BucketsTable({ buckets }: Pick<ShareNetwork, 'buckets'>) {
  const { duration, number, own } = useShareWords()
  const words = own.network
  return (
    <div class="scroll" role="region" aria-label={words.bucketsTable} tabIndex={0}>
      <table class="table table--told" id="buckets">
        <caption class="unseen">{words.bucketsTable}</caption>
        <thead>
          <tr>
            <th scope="col">{words.sharedBits}</th>
            <th scope="col" class="number">
              {words.contacts}
            </th>
            <th scope="col" class="number">
              {words.suspects}
            </th>
            <th scope="col" class="number">
              {words.capable}
            </th>
            <th scope="col" class="number">
              {words.replacements}
            </th>
            <th scope="col" class="number">
              {words.roundTrip}
            </th>
          </tr>
        </thead>
        <tbody>
          {buckets.map(bucketSum).map((sum) => (
            <tr key={sum.sharedBits}>
              <th scope="row" data-title={words.sharedBits}>
                {number(sum.sharedBits)}
              </th>
              <td class="number" data-title={words.contacts}>
                {number(sum.contacts)}
              </td>
              <td class="number" data-title={words.suspects}>
                {number(sum.suspects)}
              </td>
              <td class="number" data-title={words.capable}>
                {number(sum.capable)}
              </td>
              <td class="number" data-title={words.replacements}>
                {number(sum.replacements)}
              </td>
              <td class="number" data-title={words.roundTrip}>
                {sum.roundTripMs === undefined ? '' : duration(sum.roundTripMs)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function ContactsTable({ contacts }: { readonly contacts: readonly Contact[] }) {
  const { duration, own } = useShareWords()
  const words = own.network
  return (
    <div class="scroll" role="region" aria-label={words.contactsTable} tabIndex={0}>
      <table class="table table--told">
        <caption class="unseen">{words.contactsTable}</caption>
        <thead>
          <tr>
            <th scope="col">{words.id}</th>
            <th scope="col">{words.address}</th>
            <th scope="col">{words.state}</th>
            <th scope="col" class="number">
              {words.roundTrip}
            </th>
          </tr>
        </thead>
        <tbody>
          {contacts.map((contact) => (
            <tr key={contact.id}>
              <td>
                <code title={contact.id}>{shortHex(contact.id)}</code>
              </td>
              <td data-title={words.address}>
                {contact.host}:{contact.port}
              </td>
              <td data-title={words.state} class={`contact--${contactState(contact)}`}>
                {words.states[contactState(contact)]}
                {contact.capable === false && <span class="quiet"> · {words.stock}</span>}
              </td>
              <td class="number" data-title={words.roundTrip}>
                {contact.roundTripMs === null ? '' : duration(contact.roundTripMs)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
