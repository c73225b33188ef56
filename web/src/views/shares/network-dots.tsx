/** Whom the node knows, by distance. The table beside it tells the same. */
import { useMemo } from 'preact/hooks'

import { networkPicture, type Bucket, type ContactState } from '../../model/network-picture.ts'
import { useShareWords } from './share-words.ts'

interface NetworkDotsProps {
  readonly buckets: readonly Bucket[]
  readonly label: string
}

const STATES: readonly ContactState[] = ['alive', 'unknown', 'suspect']
/** Of the unit. */
const RADIUS = 0.36
/** Below the dots: the number of the bucket. */
const FOOT = 1.4

export function NetworkDots({ buckets, label }: NetworkDotsProps) {
  const { own } = useShareWords()
  const { columns, dots, height, width } = useMemo(() => networkPicture(buckets), [buckets])
  return (
    <>
      <svg
        class="dots"
        role="img"
        aria-label={label}
        viewBox={`0 0 ${width} ${height + FOOT}`}
        style={{ maxWidth: `${width * 1.25}rem` }}
      >
        {dots.map(({ state, x, y }) => (
          <circle
            key={`${x} ${y}`}
            class={`dot dot--${state}`}
            cx={x + 0.5}
            cy={y + 0.5}
            r={RADIUS}
          />
        ))}
        {columns.map(({ sharedBits, x }) => (
          <text key={sharedBits} class="dots__foot" x={x + 0.5} y={height + 0.9}>
            {sharedBits}
          </text>
        ))}
      </svg>
      <p class="pieces__legend quiet">
        {STATES.map((state) => (
          <span key={state}>
            <svg class="pieces__key" viewBox="0 0 1 1" aria-hidden="true">
              <circle class={`dot dot--${state}`} cx="0.5" cy="0.5" r="0.42" />
            </svg>{' '}
            {own.network.states[state]}
          </span>
        ))}
      </p>
    </>
  )
}
