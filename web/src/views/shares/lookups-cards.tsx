/**
 * The last look-ups of the member that the page speaks to; one of them, or a new one, hop by hop.
 */
import { useEffect, useRef, useState } from 'preact/hooks'

import type { NetworkLookup, ShareNetwork } from '../../../../src/wire/api-shares.ts'
import { shortHex } from '../../model/format.ts'
import type { Contact } from '../../model/network-picture.ts'
import { Card, Form, Outcome, Submit, TextField } from '../accounts/parts.tsx'
import { useDoing } from '../hooks.ts'
import { LookupHops } from './lookup-hops.tsx'
import { useShareWords } from './share-words.ts'
import { useShares } from './shares-of.ts'

interface LookupsCardsProps extends Pick<ShareNetwork, 'lookups'> {
  /** Of whom it is known where they are, and how far. */
  readonly contacts: readonly Contact[]
}

interface Shown {
  readonly lookup: NetworkLookup
  /** What was typed, where it was. */
  readonly name: string | undefined
}

export function LookupsCards({ contacts, lookups }: LookupsCardsProps) {
  const shares = useShares()
  const { own } = useShareWords()
  const words = own.network
  const [shown, setShown] = useState<Shown>()
  const looking = useDoing<never>()
  const show = (load: () => Promise<NetworkLookup>, name?: string): void =>
    looking.run(async () => {
      setShown({ lookup: await load(), name })
      return undefined
    })
  const find = (typed: string): void => {
    const name = typed.trim()
    if (name !== '') show(() => shares.traceLookup(name), name)
  }
  return (
    <>
      <Card title={words.lookups} isWide>
        {lookups.length === 0 ? (
          <p class="note">{words.noLookups}</p>
        ) : (
          <LookupsTable
            lookups={lookups}
            contacts={contacts}
            onShow={(number) => show(() => shares.findLookup(number))}
          />
        )}
      </Card>
      <Card title={words.hops.title} isWide>
        <p class="quiet panel__hint">{words.hops.hint}</p>
        <search class="share-form">
          <Form label={words.hops.title} onSubmit={(fields) => find(fields('traced'))}>
            <TextField name="traced" label={words.hops.field} autocomplete="off" />
            <div class="actions">
              <Submit label={words.hops.submit} isRunning={looking.isRunning} />
            </div>
          </Form>
        </search>
        <Outcome trouble={looking.trouble} done={undefined} />
        {shown !== undefined && <ShownLookup {...shown} />}
      </Card>
    </>
  )
}

function ShownLookup({ lookup, name }: Shown) {
  const { own } = useShareWords()
  const words = own.network.hops
  const heading = useRef<HTMLHeadingElement>(null)
  // It stands away from what was pressed.
  useEffect(() => heading.current?.focus(), [lookup])
  return (
    <section class="lookup-shown">
      <h3 ref={heading} tabIndex={-1} class="breakable">
        {name === undefined ? words.keyed(shortHex(lookup.key)) : words.named(name)}
      </h3>
      <LookupHops lookup={lookup} />
    </section>
  )
}

interface LookupsTableProps extends LookupsCardsProps {
  readonly onShow: (number: number) => void
}

/** Nodes named of each look-up; it ends at up to twenty. */
const CLOSEST_SHOWN = 3

function LookupsTable({ contacts, lookups, onShow }: LookupsTableProps) {
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
            <th scope="col">
              <span class="unseen">{words.hops.show}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {lookups.map(({ answered, asked, closest, key, kind, number: at, rounds, tookMs }) => (
            <tr key={at}>
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
              <td>
                <button
                  type="button"
                  class="button button--small"
                  aria-label={words.hops.showOf(shortHex(key))}
                  onClick={() => onShow(at)}
                >
                  {words.hops.show}
                </button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
