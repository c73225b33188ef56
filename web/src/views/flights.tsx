/**
 * What just happened, playing in the picture: look-ups hop, downloads and deaths send out a wave.
 */
import { useEffect, useRef, useState } from 'preact/hooks'

import type { RingEvent } from '../../../src/wire/api.ts'
import { alongChord, chordPath, round, type Point } from '../model/geometry.ts'
import type { PlacedMember } from '../model/picture.ts'
import { routeOfLookup } from '../model/route.ts'
import { useSession } from '../state/session.ts'
import { useReducedMotion } from './hooks.ts'

interface Flight {
  readonly key: number
  readonly kind: 'lookup' | 'download' | 'death' | 'arrival'
  readonly stops: readonly Point[]
}

/** More at once would be a blur; the log has them all. */
const FLIGHTS_MAX = 24
const HOP_MS = 420
const WAVE_MS = 1_400
/** Without motion the way stands still for so long. */
const STILL_MS = 1_600
const SAMPLES_PER_HOP = 12

export function Flights({ members }: { readonly members: readonly PlacedMember[] }) {
  const session = useSession()
  const placed = useRef(members)
  placed.current = members
  const lastKey = useRef(0)
  const [flights, setFlights] = useState<readonly Flight[]>([])

  useEffect(
    () =>
      session.play((event) => {
        const flight = flightOf(event, placed.current)
        if (flight === undefined) return
        lastKey.current += 1
        setFlights((known) => [...known, { ...flight, key: lastKey.current }].slice(-FLIGHTS_MAX))
      }),
    [session],
  )
  const land = (key: number): void =>
    setFlights((known) => known.filter((flight) => flight.key !== key))
  return (
    <g class="flights">
      {flights.map((flight) => (
        <FlightMark key={flight.key} flight={flight} onLand={() => land(flight.key)} />
      ))}
    </g>
  )
}

function flightOf(
  event: RingEvent,
  members: readonly PlacedMember[],
): Omit<Flight, 'key'> | undefined {
  const at = (id: string | undefined): Point | undefined =>
    members.find((one) => one.member.id === id)?.at
  const through = (ids: readonly (string | undefined)[]): readonly Point[] =>
    ids.map(at).filter((point) => point !== undefined)
  const route = (ids: readonly (string | undefined)[]): Omit<Flight, 'key'> | undefined => {
    const stops = through(ids)
    return stops.length < 2 ? undefined : { kind: 'lookup', stops }
  }
  if (event.kind === 'lookup') return route(routeOfLookup(event).map((member) => member.id))
  if (event.kind === 'downloadStarted') return wave('download', through([event.member.id]))
  if (event.kind === 'died') return wave('death', through([event.other?.id]))
  if (event.kind === 'joined') return wave('arrival', through([event.member.id]))
  if (event.kind === 'returned') return wave('arrival', through([event.other?.id]))
  return undefined
}

function wave(kind: Flight['kind'], stops: readonly Point[]): Omit<Flight, 'key'> | undefined {
  return stops.length === 0 ? undefined : { kind, stops }
}

function FlightMark({ flight, onLand }: { readonly flight: Flight; readonly onLand: () => void }) {
  const dot = useRef<SVGCircleElement>(null)
  const isStill = useReducedMotion()
  const isWave = flight.stops.length === 1
  const first = flight.stops[0] ?? { x: 0, y: 0 }

  useEffect(() => {
    const hops = flight.stops.length - 1
    const lastsMs = isStill ? STILL_MS : isWave ? WAVE_MS : hops * HOP_MS + HOP_MS
    const timer = setTimeout(onLand, lastsMs)
    if (!isStill && !isWave) {
      const frames = wayPoints(flight.stops).map(({ x, y }) => ({
        transform: `translate(${x}px, ${y}px)`,
      }))
      dot.current?.animate(frames, {
        duration: hops * HOP_MS,
        fill: 'forwards',
        easing: 'ease-in-out',
      })
    }
    return () => clearTimeout(timer)
  }, [])

  if (isWave) {
    return (
      <circle class={`wave wave--${flight.kind}`} cx={round(first.x)} cy={round(first.y)} r={10} />
    )
  }
  return (
    <g class={`flight flight--${flight.kind}`}>
      {flight.stops.slice(1).map((to, index) => (
        <path
          key={index}
          class="flight__way"
          d={chordPath({ from: flight.stops[index] ?? to, to })}
        />
      ))}
      {!isStill && <circle ref={dot} class="flight__dot" r={5} />}
    </g>
  )
}

/**
 * Places along all hops, close enough together that straight steps between them look like the
 * curve.
 */
function wayPoints(stops: readonly Point[]): readonly Point[] {
  return stops.slice(1).flatMap((to, index) => {
    const from = stops[index] ?? to
    return Array.from({ length: SAMPLES_PER_HOP + 1 }, (_, i) =>
      alongChord({ from, to }, i / SAMPLES_PER_HOP),
    )
  })
}
