/** What the console asks of the person: a nick, a password, a text. */
import type { NewDweet } from '../../wire/api-dweets.ts'

/** What the next line answers. */
export type Question =
  | { readonly ask: 'nick'; readonly to: 'register' | 'logIn' }
  | { readonly ask: 'name'; readonly nick: string }
  | { readonly ask: 'newPassword'; readonly nick: string; readonly name: string }
  | {
      readonly ask: 'samePassword'
      readonly nick: string
      readonly name: string
      readonly password: string
    }
  | { readonly ask: 'password'; readonly nick: string }
  | { readonly ask: 'text'; readonly dweet: Omit<NewDweet, 'text'> }
  /** Of a file that is to be shown with the next dweet. */
  | { readonly ask: 'description'; readonly path: string }
  | { readonly ask: 'forget'; readonly everywhere: boolean }
