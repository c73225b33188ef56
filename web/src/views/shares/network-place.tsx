/** The open network as the member sees it that the page speaks to. */
import { useEffect } from 'preact/hooks'

import type { ShareNetwork } from '../../../../src/wire/api-shares.ts'
import { shortHex } from '../../model/format.ts'
import { bucketSum, contactState, type Contact } from '../../model/network-picture.ts'
import { Card, LoadTrouble } from '../accounts/parts.tsx'
import { useLoaded } from '../hooks.ts'
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
      <Card title={words.lookups} isWide>
        {lookups.length === 0 ? (
          <p class="note">{words.noLookups}</p>
        ) : (
          <LookupsTable lookups={lookups} contacts={contacts} />
        )}
      </Card>
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

interface LookupsTableProps extends Pick<ShareNetwork, 'lookups'> {
  /** Of whom it is known where they are, and how far. */
  readonly contacts: readonly Contact[]
}

/** Nodes named of each look-up; it ends at up to twenty. */
const CLOSEST_SHOWN = 3

function LookupsTable({ contacts, lookups }: LookupsTableProps) {
  const { duration, number, own } = useShareWords()
  const words = own.network
  const known = new Map(contacts.map((contact) => [contact.id, contact]))
  const named = (id: string): string => {
    const roundTripMs = known.get(id)?.roundTripMs ?? undefined
    return roundTripMs === undefined ? shortHex(id) : `${shortHex(id)} (${duration(roundTripMs)})`
  }
  return (
    <div class="scroll" role="region" aria-label={words.lookupsTable} tabIndex={0}>
      <table class="table table--told" id="lookups">
        <caption class="unseen">{words.lookupsTable}</caption>
        <thead>
          <tr>
            <th scope="col">{words.key}</th>
            <th scope="col">{words.kind}</th>
            <th scope="col" class="number">
              {words.took}
            </th>
            <th scope="col" class="number">
              {words.rounds}
            </th>
            <th scope="col" class="number">
              {words.answered}
            </th>
            <th scope="col">{words.closest}</th>
          </tr>
        </thead>
        <tbody>
          {lookups.map(({ answered, asked, closest, key, kind, rounds, tookMs }, index) => (
            <tr key={`${key} ${index}`}>
              <td>
                <code title={key}>{shortHex(key)}</code>
              </td>
              <td data-title={words.kind}>
                {kind === 'nodes' ? words.kinds.nodes : words.kinds.values}
              </td>
              <td class="number" data-title={words.took}>
                {duration(tookMs)}
              </td>
              <td class="number" data-title={words.rounds}>
                {number(rounds)}
              </td>
              <td class="number" data-title={words.answered}>
                {words.of(number(answered), number(asked))}
              </td>
              <td data-title={words.closest} class="lookups__closest">
                {closest.slice(0, CLOSEST_SHOWN).map(named).join(', ')}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
