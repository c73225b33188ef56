/** What several members saw of a page, or how to have them see it. */
import type { TestimonyVerdict, WitnessSaid } from '../../../src/wire/api-testimony.ts'
import type { Page } from '../model/told.ts'
import { useSession } from '../state/session.ts'
import { FreshLink } from './fresh-link.tsx'
import { useLoaded } from './hooks.ts'
import { useWords } from './words.ts'

/** A majority can be told, and a ring of five has as many hosts, or nearly. */
const WITNESSES = 3

export function WitnessesView({ page }: { readonly page: Page }) {
  const session = useSession()
  const { texts } = useWords()
  const words = texts.witnesses
  const ask = (
    <button
      type="button"
      class="button button--small"
      onClick={() => session.open(page.url, { witnesses: WITNESSES })}
    >
      {words.ask(WITNESSES)}
    </button>
  )
  if (page.witnesses === undefined) {
    return (
      <div class="versions">
        <p>{words.none}</p>
        <div class="actions">{ask}</div>
      </div>
    )
  }
  return (
    <div class="versions">
      <Told page={page} />
      <div class="actions">
        {ask}
        <FreshLink
          class="button button--small"
          href={session.client.door + session.testimonies.path(page.id)}
          isDownload
        >
          {words.save}
        </FreshLink>
        <span class="quiet">{words.hint}</span>
      </div>
    </div>
  )
}

function Told({ page }: { readonly page: Page }) {
  const { testimonies } = useSession()
  const words = useWords()
  const key = `${page.id} ${page.witnesses?.at ?? ''}`
  const { value, trouble } = useLoaded(() => testimonies.verdict(page.id), key)
  if (trouble !== undefined) return <p class="note note--trouble">{words.trouble(trouble)}</p>
  if (value === undefined) return <p class="note">{words.texts.result.loading}</p>
  return <Verdict verdict={value} />
}

function Verdict({ verdict }: { readonly verdict: TestimonyVerdict }) {
  const { texts } = useWords()
  const words = texts.witnesses
  const { agree, asked, authorities, isMajority, problems, told, witnesses } = verdict
  const isSound = problems.length === 0
  const isGood = isSound && isMajority
  return (
    <>
      <p>
        <strong class={isGood ? 'status status--good' : 'status status--bad'}>
          {isSound ? words.agree({ agree, asked }) : words.unsound}
        </strong>{' '}
        {isSound && words.sound} {told < asked && words.few({ told, asked })}{' '}
        {agree < told && words.differ}
      </p>
      <div class="scroll" role="region" aria-label={words.table} tabIndex={0}>
        <table class="table">
          <caption class="unseen">{words.table}</caption>
          <thead>
            <tr>
              <th scope="col">{words.member}</th>
              <th scope="col">{words.at}</th>
              <th scope="col">{words.from}</th>
              <th scope="col">{words.saw}</th>
            </tr>
          </thead>
          <tbody>
            {witnesses.map((said) => (
              <Row key={said.member} said={said} />
            ))}
          </tbody>
        </table>
      </div>
      <dl class="facts">
        <dt>{words.authority}</dt>
        {authorities.map((fingerprint) => (
          <dd key={fingerprint}>
            <code>{fingerprint}</code>
          </dd>
        ))}
      </dl>
    </>
  )
}

function Row({ said }: { readonly said: WitnessSaid }) {
  const { texts, bytes, instant } = useWords()
  const words = texts.witnesses
  const { address, asked, contentBytes, contentSha256, group, member, name, status } = said
  return (
    <tr>
      <th scope="row">{name ?? `${member.slice(0, 8)}…`}</th>
      <td>{instant(asked)}</td>
      <td>{address}</td>
      <td title={`sha256 ${contentSha256}`}>
        {group === 0 ? words.same : words.other({ status, bytes: bytes(contentBytes) })}
      </td>
    </tr>
  )
}
