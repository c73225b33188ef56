/** In place of a view that the account may not see: which right it lacks. */
import type { Permission } from '../../../../src/wire/permissions.ts'
import { useWords } from '../words.ts'
import { Frame } from './frame.tsx'

export function DeniedView({ needed }: { readonly needed: Permission }) {
  const { texts } = useWords()
  const { denied, permissions } = texts.accounts
  return (
    <Frame name="ring" title={denied.title}>
      <p class="note">{denied.sentence(permissions[needed])}</p>
    </Frame>
  )
}
