/**
 * What the audit log tells of: who did it, to whom, and how it ended stand beside it. Pages have
 * words for each in every language; what a newer member wrote is shown as it is.
 */
export const AUDIT_WHATS = [
  'session.begin',
  'session.end',
  'session.endAll',
  'session.stolen',
  'user.register',
  'user.password',
  'user.role.administrator',
  'user.role.operator',
  'user.role.moderator',
  'user.role.member',
  'user.rights',
  'user.suspended',
  'user.active',
  'user.remove',
  'group.make',
  'group.remove',
  'group.join',
  'group.owner',
  'group.leave',
  'key.make',
  'key.remove',
  'token.make',
  'member.admit',
  'member.drain',
  'member.undrain',
  'member.remove',
  'authority.rotate',
  'setting.change',
  'backup.begin',
  'page.remove',
  'link.make',
  'link.change',
  'link.revoke',
  'dweets.dismiss',
  'dweets.remove',
  'dweets.warn',
  'dweets.limit',
  'dweets.suspend',
  'dweets.lift',
  'dweets.inspect',
] as const

/** `subject.verb`. */
export type AuditWhat = (typeof AUDIT_WHATS)[number]

/** Who did it where that was whoever owns the directory of a member: it is no nick. */
export const DIRECTORY_OWNER = '@owner'

/** Whether this build has words for it. */
export function isAuditWhat(text: string): text is AuditWhat {
  return AUDIT_WHATS.some((what) => what === text)
}
