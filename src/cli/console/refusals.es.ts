/** Los errores con que se topa la consola, en español. */
import type { Refusal } from './requests.ts'

/** `{…}` está por lo que acompaña al error. */
const REFUSALS: Readonly<Record<string, string>> = {
  ACCOUNT_SUSPENDED: 'Esta cuenta está suspendida. Consulta a quien administra el anillo.',
  BAD_LOGIN: 'Combinación de nick y contraseña incorrecta.',
  BUSY: 'Hay demasiado en marcha; repítelo en un momento.',
  DWEET_EMPTY: 'Un dweet no puede estar vacío.',
  DWEET_GONE: 'Ese dweet no existe o fue borrado.',
  DWEET_SELF_FOLLOW: 'No puedes seguirte a ti mismo.',
  DWEET_TOO_LONG: 'Un dweet tiene como máximo {limit} caracteres; este tiene {length}.',
  DWEET_UNFIT:
    'Un dweet no puede llevar {character}: los caracteres de control, y los que giran la dirección del texto, quedan fuera.',
  EDITS_FULL: 'Un dweet se puede cambiar {max} veces. Bórralo y escríbelo de nuevo.',
  FOLLOWS_FULL: 'Ya sigues a {max} personas. Deja antes de seguir a alguna.',
  FORBIDDEN: 'Esto no está permitido.',
  INTERNAL: 'anillo falló en esto; el registro del miembro dice más.',
  LOGIN_FIRST: 'Primero inicia sesión.',
  NAME_UNFIT: 'Un nombre tiene de 1 a {max} caracteres, ninguno de control.',
  NICK_TAKEN: 'El nick "{nick}" ya está en uso. Elige otro.',
  NICK_UNFIT: 'Un nick tiene de 1 a {max} letras de la a a la z, cifras y «_».',
  NO_USER: 'No existe el usuario "{nick}".',
  OUTCOME_UNKNOWN: 'El anillo no respondió a tiempo. Puedes repetir sin riesgo.',
  PASSWORD_UNFIT: 'Una contraseña tiene de {min} a {max} caracteres, y no es el nick.',
  PERMISSION_MISSING: 'Esta cuenta no puede hacer eso.',
  REGISTRATION_CLOSED: 'Aquí las cuentas las crea quien administra el anillo.',
  RING_NOT_REACHABLE: 'El anillo no responde.',
  SLOW_DOWN: 'Demasiados intentos. Prueba en {minutes} min.',
  STORE_UNAVAILABLE: 'Hay muy pocas máquinas para guardarlo con seguridad. No se cambió nada.',
}

/** En inglés si no hay otra cosa. */
export function refusedInSpanish({ code, details, text }: Refusal): string {
  const found = Object.hasOwn(REFUSALS, code) ? REFUSALS[code] : undefined
  if (found === undefined) return text
  return found.replaceAll(/\{(\w+)\}/g, (whole, name: string) => {
    const value = details[name]
    return typeof value === 'string' || typeof value === 'number' ? String(value) : whole
  })
}
