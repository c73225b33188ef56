/** Whom a look-up asked, drawn and as a table: both tell the same. */
import { useMemo } from 'preact/hooks'

import type { NetworkLookup } from '../../../../src/wire/api-shares.ts'
import { shortHex } from '../../model/format.ts'
import {
  hopMark,
  hopsByRound,
  hopSum,
  lookupPicture,
  sharedBits,
  type DrawnHop,
  type HopMark,
} from '../../model/lookup-picture.ts'
import { useMedia } from '../hooks.ts'
import { useShareWords } from './share-words.ts'

interface LookupHopsProps {
  readonly lookup: NetworkLookup
}

/** In lines of text. */
const WIDTH = 64
const WIDTH_NARROW = 30
/** Of the numbers of the rounds. */
const FOOT = 2
const MARKS: readonly HopMark[] = ['has', 'answered', 'silent', 'forged', 'awaited']

export function LookupHops({ lookup }: LookupHopsProps) {
  const { duration, number, own } = useShareWords()
  const words = own.network.hops
  const { hops, tookMs } = lookup
  if (hops.length === 0) return <p class="note">{words.nobody}</p>
  const { sums } = words
  const sum = hopSum(hops)
  const counted = (['asked', 'answered', 'silent', 'having', 'rounds'] as const).map(
    (one) => `${sums[one]}: ${number(sum[one])}`,
  )
  const told = `${[...counted, `${sums.took} ${duration(tookMs)}`].join('; ')}.`
  return (
    <>
      <p role="status">{told}</p>
      <HopsPicture lookup={lookup} label={told} />
      <details class="disclosure">
        <summary>{words.table(number(hops.length))}</summary>
        <HopsTable lookup={lookup} />
      </details>
    </>
  )
}

function HopsPicture({ label, lookup }: LookupHopsProps & { readonly label: string }) {
  const { duration, own } = useShareWords()
  const words = own.network.hops
  const width = useMedia('(width < 40rem)') ? WIDTH_NARROW : WIDTH
  const picture = useMemo(() => lookupPicture(lookup, width), [lookup, width])
  const { bands, height, hops, lines, longestMs, rounds, self } = picture
  const present = new Set(hops.map(({ mark }) => mark))
  return (
    <>
      <p class="quiet panel__hint">{words.picture}</p>
      <svg
        class="hops"
        role="img"
        aria-label={label}
        viewBox={`0 0 ${width} ${height + FOOT}`}
        style={{ maxWidth: `${width}rem` }}
      >
        {rounds.map(({ round, width: wide, x }) => (
          <g key={round}>
            {round % 2 === 1 && (
              <rect class="hops__round" x={x} y={0} width={wide} height={height} />
            )}
            <text class="hops__foot" x={x + wide / 2} y={height + 1.4}>
              {words.round} {round}
            </text>
          </g>
        ))}
        {bands.map(({ sharedBits: bits, y }) => (
          <g key={bits}>
            <line class="hops__band" x1={0} x2={width} y1={y} y2={y} />
            <text class="hops__bits" x={0.3} y={y + 0.75}>
              {bits}
            </text>
          </g>
        ))}
        {lines.map(({ from, id, to }) => (
          <path key={id} class="hops__line" d={curve(from, to)} />
        ))}
        <circle class="hops__self" cx={self.x} cy={self.y} r={0.5}>
          <title>{words.self}</title>
        </circle>
        {hops.map((hop) => (
          <g key={hop.id} class={`hop hop--${hop.mark}`}>
            <line class="hop__bar" x1={hop.from} x2={hop.to} y1={hop.y} y2={hop.y} />
            <Mark {...hop} />
          </g>
        ))}
      </svg>
      <p class="pieces__legend quiet">
        {MARKS.filter((mark) => present.has(mark)).map((mark) => (
          <span key={mark}>
            <svg class="pieces__key" viewBox="0 0 1 1" aria-hidden="true">
              <g class={`hop hop--${mark}`}>
                <Mark mark={mark} to={0.5} y={0.5} />
              </g>
            </svg>{' '}
            {words.marks[mark]}
          </span>
        ))}
        <span>{words.bars(duration(longestMs))}</span>
      </p>
    </>
  )
}

function curve([x, y]: readonly [number, number], [toX, toY]: readonly [number, number]): string {
  const middle = (x + toX) / 2
  return `M${x} ${y}C${middle} ${y} ${middle} ${toY} ${toX} ${toY}`
}

/** Told apart by their forms, too. */
function Mark({ mark, to: x, y }: Pick<DrawnHop, 'mark' | 'to' | 'y'>) {
  switch (mark) {
    case 'has':
      return <path class="hop__mark" d={`M${x} ${y - 0.5}l.5 .5-.5 .5-.5-.5z`} />
    case 'silent':
      return <path class="hop__mark" d={`M${x - 0.3} ${y - 0.3}l.6 .6m0-.6l-.6 .6`} />
    case 'forged':
      return <rect class="hop__mark" x={x - 0.3} y={y - 0.3} width={0.6} height={0.6} />
    case 'answered':
    case 'awaited':
      return <circle class="hop__mark" cx={x} cy={y} r={0.3} />
  }
}

function HopsTable({ lookup }: LookupHopsProps) {
  const { duration, number, own } = useShareWords()
  const words = own.network.hops
  const { hops, key } = lookup
  const heads = [
    words.round,
    words.node,
    own.network.sharedBits,
    words.asked,
    words.answer,
    words.has,
    words.namedBy,
  ]
  return (
    <div class="scroll" role="region" aria-label={words.table(number(hops.length))} tabIndex={0}>
      <table class="table table--told" id="hops">
        <caption class="unseen">{words.table(number(hops.length))}</caption>
        <thead>
          <tr>
            {heads.map((head) => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {hopsByRound(hops).map((hop) => (
            <tr key={hop.id}>
              <td data-title={words.round}>{number(hop.round)}</td>
              <td data-title={words.node}>
                <code title={hop.id}>{shortHex(hop.id)}</code> {hop.host}:{hop.port}
              </td>
              <td data-title={own.network.sharedBits}>{number(sharedBits(hop.id, key))}</td>
              <td data-title={words.asked}>{duration(hop.askedMs)}</td>
              <td data-title={words.answer} class={`hop-told--${hopMark(hop)}`}>
                {hop.tookMs === null ? words.marks[hop.state] : duration(hop.tookMs)}
                {hop.tookMs !== null && hop.state === 'forged' && ` · ${words.marks.forged}`}
              </td>
              <td data-title={words.has}>{hop.has === 'nothing' ? '' : words.holds[hop.has]}</td>
              <td data-title={words.namedBy}>
                {hop.toldBy === null ? words.known : <code>{shortHex(hop.toldBy)}</code>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
