import { useEffect, useRef, useState } from 'preact/hooks'

import type { Ring, RingEvent } from '../../../src/wire/api.ts'
import { shortAddress } from '../model/address.ts'
import { formatTime, shortHex } from '../model/format.ts'
import {
  clear,
  goOn,
  pause,
  shown,
  subjectOf,
  toggleTopic,
  TOPIC_OF,
  TOPICS,
  WORTH_SAYING,
  type LogEntry,
} from '../model/log.ts'
import { nameIn } from '../model/route.ts'
import { useSession } from '../state/session.ts'
import { useCell } from '../state/use-cell.ts'
import type { EventWords } from '../texts/event-words.ts'
import { useWords, type Words } from './words.ts'

export function LogView() {
  const session = useSession()
  const { texts } = useWords()
  const log = useCell(session.log)
  const filter = useCell(session.filter)
  const ring = useCell(session.ring)
  const entries = shown(log, filter)
  return (
    <section class="log" aria-labelledby="log-title">
      <div class="log__head">
        <h2 id="log-title" class="section-title">
          {texts.log.title}
        </h2>
        <button
          type="button"
          class="button button--small"
          onClick={() => session.log.update(log.isPaused ? goOn : pause)}
        >
          {log.isPaused ? texts.log.goOn(log.held.length) : texts.log.pause}
        </button>
        <button
          type="button"
          class="button button--small"
          onClick={() => session.log.update(clear)}
        >
          {texts.log.clear}
        </button>
      </div>
      <LogFilters />
      {entries.length === 0 ? (
        <p class="note">{log.entries.length === 0 ? texts.log.empty : texts.log.nothingShown}</p>
      ) : (
        <div class="log__list" role="region" aria-label={texts.log.list} tabIndex={0}>
          <ol class="log__lines">
            {entries.map((entry) => (
              <LogLine key={entry.key} entry={entry} ring={ring} />
            ))}
          </ol>
        </div>
      )}
      <Announcer />
    </section>
  )
}

function LogFilters() {
  const session = useSession()
  const { texts } = useWords()
  const filter = useCell(session.filter)
  const ring = useCell(session.ring)
  const choose = (event: Event): void => {
    const member = event.currentTarget instanceof HTMLSelectElement ? event.currentTarget.value : ''
    session.setFilter({ ...filter, member: member === '' ? undefined : member })
  }
  return (
    <div class="log__filters">
      <div class="topics" role="group" aria-label={texts.log.filter}>
        {TOPICS.map((topic) => (
          <button
            key={topic}
            type="button"
            class={`topic topic--${topic}`}
            aria-pressed={!filter.hidden.has(topic)}
            onClick={() => session.setFilter(toggleTopic(filter, topic))}
          >
            {texts.log.topics[topic]}
          </button>
        ))}
      </div>
      <select
        class="select log__member"
        aria-label={texts.log.member}
        value={filter.member ?? ''}
        onChange={choose}
      >
        <option value="">{texts.log.everyone}</option>
        {ring?.members.map((member) => (
          <option key={member.id} value={member.id}>
            {member.name}
          </option>
        ))}
      </select>
    </div>
  )
}

interface LogLineProps {
  readonly entry: LogEntry
  readonly ring: Ring | undefined
}

function LogLine({ entry, ring }: LogLineProps) {
  const words = useWords()
  const { event, times } = entry
  return (
    <li class={`entry entry--${TOPIC_OF[event.kind]}`}>
      <time class="entry__time" dateTime={event.at}>
        {formatTime(event.at)}
      </time>
      <span class="entry__text">
        <strong>{nameIn(ring, subjectOf(event))}</strong> {tell(event, words, ring)}
        {times > 1 && (
          <span class="entry__times" title={words.texts.log.times(times)}>
            {' '}
            ×{times}
          </span>
        )}
      </span>
    </li>
  )
}

/** A sentence without its subject. */
function tell(event: RingEvent, words: Words, ring: Ring | undefined): string {
  const other = event.other === undefined ? '' : nameIn(ring, event.other)
  return words.texts.log.kinds[event.kind]({ ...wordsFor(event, words), other })
}

function wordsFor(
  event: RingEvent,
  { texts, bytes, duration, trouble }: Words,
): Omit<EventWords, 'other'> {
  const text = event.text ?? ''
  const page = event.url === undefined ? shortHex(text) : shortAddress(event.url)
  return {
    page,
    count: event.count ?? 0,
    bytes: event.bytes === undefined ? '' : `, ${bytes(event.bytes)}`,
    duration: event.durationMs === undefined ? '' : `, ${duration(event.durationMs)}`,
    hops:
      event.hops === undefined || event.hops.length === 0
        ? ''
        : ` · ${texts.story.hops(event.hops.length)}`,
    text: texts.fillings[text] ?? text,
    why: event.code === undefined ? '' : whyOf(event, { texts, trouble }),
  }
}

/**
 * The sentence of the event's code. The line names the page already, so its host is not named
 * again. Where the event does not bring what fills the sentence, the code says it in one word.
 */
function whyOf(event: RingEvent, { texts, trouble }: Pick<Words, 'texts' | 'trouble'>): string {
  const code = event.code ?? ''
  const host = event.url === undefined ? {} : { host: texts.log.site }
  const sentence = trouble({ code, details: { ...event.details, ...host }, text: code })
  return sentence.includes('{') ? code : sentence
}

/** Told together, so that a burst is one sentence. */
const ANNOUNCE_EVERY_MS = 4_000

/** Tells a screen reader, unasked, only who came and went. */
function Announcer() {
  const session = useSession()
  const words = useWords()
  const latest = useRef(words)
  latest.current = words
  const [said, setSaid] = useState('')
  useEffect(() => {
    let held: RingEvent[] = []
    let timer: ReturnType<typeof setTimeout> | undefined
    const say = (): void => {
      timer = undefined
      setSaid(
        held
          .map(
            (event) =>
              `${nameIn(session.ring.get(), event.member)} ${tell(event, latest.current, session.ring.get())}`,
          )
          .join('. '),
      )
      held = []
    }
    const stop = session.play((event) => {
      if (!WORTH_SAYING.has(event.kind)) return
      held = [...held, event].slice(-5)
      timer ??= setTimeout(say, ANNOUNCE_EVERY_MS)
    })
    return () => {
      stop()
      clearTimeout(timer)
    }
  }, [session])
  return (
    <p class="unseen" aria-live="polite">
      {said}
    </p>
  )
}
