import type { MemberRef, Ring } from '../../../src/wire/api.ts'
import { hostOf } from '../model/address.ts'
import { formatSeconds, shortHex } from '../model/format.ts'
import { nameIn, routeOf, selfOf } from '../model/route.ts'
import type { Page, Scrape } from '../model/told.ts'
import { useSession } from '../state/session.ts'
import { useCell } from '../state/use-cell.ts'
import type { Visit } from '../state/visits.ts'
import { RingPicture } from './ring-picture.tsx'
import { useWords } from './words.ts'

interface StoryProps {
  readonly visit: Visit
  readonly scrape: Scrape
  readonly page: Page
}

/** Who downloaded the page, when, how long it took, and how the ring found who that is. */
export function StoryView({ visit, scrape, page }: StoryProps) {
  const session = useSession()
  const { texts, instant, duration } = useWords()
  const ring = useCell(session.ring)
  const asked = ring === undefined ? undefined : selfOf(ring)
  const route = routeOf({ asked, scrape })
  return (
    <div class="story">
      <p class="story__lead">
        {texts.story.told({
          member: page.fetchedBy === undefined ? '' : nameIn(ring, page.fetchedBy),
          date: instant(page.fetchedAt),
          duration: duration(page.durationMs),
          site: hostOf(page.finalUrl),
        })}{' '}
        {texts.result.howLong[visit.how ?? 'hit']}
      </p>
      {route.length > 0 && <Way scrape={scrape} page={page} route={route} />}
      <h3 class="label">{texts.story.facts}</h3>
      <Facts visit={visit} scrape={scrape} page={page} />
    </div>
  )
}

interface WayProps {
  readonly scrape: Scrape
  readonly page: Page
  readonly route: readonly MemberRef[]
}

function Way({ scrape, page, route }: WayProps) {
  const session = useSession()
  const { texts } = useWords()
  const ring = useCell(session.ring)
  return (
    <div class="story__way">
      {ring !== undefined && (
        <div class="story__picture">
          <RingPicture
            ring={ring}
            highlighted={undefined}
            route={route}
            place={scrape.id}
            isSmall
          />
        </div>
      )}
      <div>
        <h3 class="label">
          {texts.story.route} · {texts.story.hops(scrape.hops?.length ?? 0)}
        </h3>
        <Route route={route} page={page} ring={ring} />
      </div>
    </div>
  )
}

interface RouteProps {
  readonly route: readonly MemberRef[]
  readonly page: Page
  readonly ring: Ring | undefined
}

function Route({ route, page, ring }: RouteProps) {
  const { texts } = useWords()
  const last = route.length - 1
  const told = (index: number): string => {
    if (last === 0) return texts.story.ownerAlone
    if (index === last) return texts.story.owner
    return index === 0 ? texts.story.asked : texts.story.hop
  }
  return (
    <ol class="route">
      {route.map((member, index) => (
        <li
          key={member.id}
          class={index === last ? 'route__stop route__stop--owner' : 'route__stop'}
        >
          <strong>{nameIn(ring, member)}</strong> <span class="quiet">{told(index)}</span>
        </li>
      ))}
      <li class="route__stop route__stop--site">
        <strong>{hostOf(page.finalUrl)}</strong>{' '}
        <span class="quiet">
          {texts.story.site} ({page.remoteAddress})
        </span>
      </li>
    </ol>
  )
}

function Facts({ visit, scrape, page }: StoryProps) {
  const { texts, instant, bytes, duration } = useWords()
  const age = scrape.age ?? 0
  const size = page.wireBytes === page.bytes ? '' : ` (${texts.story.wire(bytes(page.wireBytes))})`
  const facts: readonly (readonly [string, string, 'text' | 'code'])[] = [
    ...(page.title === null ? [] : [[texts.story.title, page.title, 'text'] as const]),
    [texts.story.address, page.url, 'text'],
    ...(page.finalUrl === page.url
      ? []
      : [[texts.story.finalAddress, page.finalUrl, 'text'] as const]),
    ...(page.fetchedBy === undefined
      ? []
      : [
          [
            texts.story.fetchedBy,
            `${page.fetchedBy.name} (${page.fetchedBy.address})`,
            'text',
          ] as const,
        ]),
    [texts.failure.when, instant(page.fetchedAt), 'text'],
    [texts.story.took, duration(page.durationMs), 'text'],
    [texts.story.age, age === 0 ? texts.story.ageNow : formatSeconds(age), 'text'],
    [texts.story.size, `${bytes(page.bytes)}${size}`, 'text'],
    [texts.story.how, texts.result.how[visit.how ?? 'hit'], 'text'],
    [texts.story.hash, page.hash, 'code'],
    [texts.story.position, `${shortHex(page.id)}… = SHA-256(${page.url})`, 'code'],
  ]
  return (
    <dl class="facts facts--wide">
      {facts.map(([name, value, kind]) => (
        <div key={name} class="facts__row">
          <dt>{name}</dt>
          <dd>
            {kind === 'code' ? (
              <code class="breakable">{value}</code>
            ) : (
              <span class="breakable">{value}</span>
            )}
          </dd>
        </div>
      ))}
    </dl>
  )
}
