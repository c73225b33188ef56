/** Who may do what by what is said elsewhere. */
import { listedRights, type CountingGrants } from '../../../../src/wire/file-grants.ts'
import { nameOf } from '../../model/file-paths.ts'
import { useFileWords } from './file-words.ts'

/** @param counting `undefined`: it is for those alone who manage all files */
export function GrantsNow({ counting }: { readonly counting: CountingGrants | undefined }) {
  const { texts } = useFileWords()
  const words = texts.share
  if (counting === undefined) return <p class="note">{words.nobody}</p>
  const { from, grants } = counting
  const title = words.now(nameOf(from) || texts.root)
  return (
    <section class="grants" aria-label={title}>
      <h3 class="label">{title}</h3>
      <ul class="grants">
        {(['people', 'groups'] as const).flatMap((kind) =>
          listedRights(grants[kind]).map(([name, right]) => (
            <li key={`${kind} ${name}`} class="grant">
              <span class="breakable">
                {name} {kind === 'groups' && <span class="badge">{words.group}</span>}
              </span>
              <span>{words.rights[right]}</span>
            </li>
          )),
        )}
        {(['everyone', 'guests'] as const).map((who) => (
          <li key={who} class="grant">
            <span>{words[who]}</span>
            <span>{words.rights[grants[who]]}</span>
          </li>
        ))}
      </ul>
    </section>
  )
}
