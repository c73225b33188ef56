/** How well a share can be found and had. */
import type { Share } from '../../../../src/wire/api-shares.ts'
import { useShareWords } from './share-words.ts'

export function Health({ share }: { readonly share: Share }) {
  const { minute, number, own } = useShareWords()
  const words = own.health
  const { announcedNextAt, by, heldBack, nodes, urls } = share
  if (heldBack !== undefined) {
    return <span class="health health--alone">{words.heldBack[heldBack](by)}</span>
  }
  const state = nodes === null ? 'untold' : nodes === 0 ? 'alone' : 'known'
  const told = nodes === null || nodes === 0 ? '' : words.known(number(nodes), nodes === 1)
  return (
    <>
      <span class={`health health--${state}`}>{state === 'known' ? told : words[state]}</span>{' '}
      <span class="quiet">
        {words.doors(number(urls.length), urls.length === 1)} ·{' '}
        {words.next(minute(announcedNextAt))}
      </span>
    </>
  )
}
