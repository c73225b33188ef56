/** From whom a download comes. */
import type { Download, DownloadSource } from '../../../../src/wire/api-shares.ts'
import type { Failure } from '../../../../src/wire/download-states.ts'
import { shortHex } from '../../model/format.ts'
import { useShareWords } from './share-words.ts'

export function SourcesTable({ download }: { readonly download: Download }) {
  const { own } = useShareWords()
  const words = own.download
  return (
    <div class="scroll" role="region" aria-label={words.sourcesTable} tabIndex={0}>
      <table class="table table--told" id="sources">
        <caption class="unseen">{words.sourcesTable}</caption>
        <thead>
          <tr>
            <th scope="col">{words.source}</th>
            <th scope="col">{words.sourceState}</th>
            <th scope="col" class="number">
              {words.has}
            </th>
            <th scope="col" class="number">
              {words.pieces}
            </th>
            <th scope="col" class="number">
              {words.bytes}
            </th>
            <th scope="col" class="number">
              {words.speed}
            </th>
          </tr>
        </thead>
        <tbody>
          {download.sources.map((source) => (
            <SourceRow key={source.url} source={source} of={download.pieces} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

interface SourceRowProps {
  readonly source: DownloadSource
  /** Pieces of the whole. */
  readonly of: number
}

function SourceRow({ of, source }: SourceRowProps) {
  const { bytes, number, own } = useShareWords()
  const words = own.download
  const { bytesPerSecond, has, pieces, publisher, state, url, why } = source
  const isOut = state === 'resting' || state === 'dropped'
  return (
    <tr>
      <td class="shares__url">
        <bdi>{url}</bdi>
        {publisher !== null && (
          <>
            {' '}
            <code class="quiet" title={publisher}>
              {shortHex(publisher)}
            </code>
          </>
        )}
      </td>
      <td class={`source-state--${state}`}>
        {words.sourceStates[state]}
        {isOut && why !== undefined && `: ${isFailure(words.why, why) ? words.why[why] : why}`}
      </td>
      <td class="number" data-title={words.has}>
        {has === undefined ? (
          <span class="quiet">{words.hasUnknown}</span>
        ) : (
          words.of(number(has), number(of))
        )}
      </td>
      <td class="number" data-title={words.pieces}>
        {number(pieces)}
      </td>
      <td class="number" data-title={words.bytes}>
        {bytes(source.bytes)}
      </td>
      <td class="number" data-title={words.speed}>
        {bytesPerSecond > 0 && words.rate(bytes(bytesPerSecond))}
      </td>
    </tr>
  )
}

/** A newer member may know other reasons. */
function isFailure(known: Readonly<Record<Failure, string>>, why: string): why is Failure {
  return Object.hasOwn(known, why)
}
