/**
 * Preloaded into the processes of a ring that runs from the sources (`--import`): whoever shows no
 * credential may read records, as nobody may in any ring that a person starts. So the same request
 * can be measured with and without asking who comes.
 */
import { PERMISSIONS_OF } from '../../src/wire/permissions.ts'

;(PERMISSIONS_OF.guest as Set<string>).add('store.read')
