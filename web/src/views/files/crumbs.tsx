/** The way from the root to the folder on show; what is dragged can be dropped on each step. */
import { crumbsOf, SHARED_ROOT } from '../../model/file-paths.ts'
import { ViewLink } from '../accounts/parts.tsx'
import type { Drops } from './drag.ts'
import { useFileWords } from './file-words.ts'

interface CrumbsProps {
  readonly path: string
  readonly drops: Drops
}

export function Crumbs({ drops, path: here }: CrumbsProps) {
  const { texts } = useFileWords()
  return (
    <nav class="crumbs" aria-label={texts.crumbs}>
      <ol>
        {crumbsOf(here).map(({ name, path }) => (
          <li
            key={path}
            class={drops.over === path && path !== here ? 'crumb crumb--over' : 'crumb'}
            {...(path === here ? {} : drops.on(path, true))}
          >
            {path === SHARED_ROOT ? (
              <ViewLink view={{ name: 'shared' }}>{texts.shared.title}</ViewLink>
            ) : (
              <ViewLink view={{ name: 'files', path }} isHere={path === here}>
                {name || texts.root}
              </ViewLink>
            )}
          </li>
        ))}
      </ol>
      <span class="crumbs__beside">
        <ViewLink view={{ name: 'shared' }}>{texts.shared.title}</ViewLink>
        <ViewLink view={{ name: 'trash' }}>{texts.trash}</ViewLink>
      </span>
    </nav>
  )
}
