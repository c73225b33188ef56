/** What the page says on which people let an application in, in English and Spanish. */
import { languageFor, type Language } from '../accept-language.ts'

export interface AuthorizeTexts {
  readonly language: Language
  readonly title: (app: string) => string
  readonly asks: (app: string) => string
  readonly may: Readonly<Record<'read' | 'write' | 'follow' | 'push' | 'profile', string>>
  readonly mayNot: string
  readonly nick: string
  readonly password: string
  readonly allow: string
  readonly deny: string
  readonly badLogin: string
  readonly suspended: string
  readonly slowDown: (minutes: number) => string
  readonly later: string
  readonly codeTitle: string
  readonly codeText: (app: string) => string
  readonly code: string
  readonly codeEnds: string
  readonly deniedTitle: string
  readonly deniedText: (app: string) => string
  readonly wrongTitle: string
  readonly unknownApp: string
  readonly unknownRedirect: string
  readonly website: string
}

const EN: AuthorizeTexts = {
  language: 'en',
  title: (app) => `Let ${app} in?`,
  asks: (app) => `${app} asks to use your account here. Log in to let it:`,
  may: {
    read: 'read dweets, profiles, and what you are told',
    write: 'publish, like, redweet, and change your profile in your name',
    follow: 'follow, mute and block in your name',
    push: 'ask for notifications (none are pushed here)',
    profile: 'know who you are',
  },
  mayNot: 'It never learns your password. You can end it among your log-ins.',
  nick: 'Nick',
  password: 'Password',
  allow: 'Allow',
  deny: 'Do not allow',
  badLogin: 'Incorrect nick/password combination.',
  suspended: 'This account is suspended.',
  slowDown: (minutes) => `Too many attempts. Try again in ${minutes} min.`,
  later: 'This cannot be done at the moment. Try again in a little while.',
  codeTitle: 'Your code',
  codeText: (app) => `Copy this code to ${app}:`,
  code: 'Code',
  codeEnds: 'It counts once, and for ten minutes.',
  deniedTitle: 'Not allowed',
  deniedText: (app) => `${app} was not let in. You can close this page.`,
  wrongTitle: 'This cannot be allowed',
  unknownApp: 'No such application is known here. Add the account anew in it.',
  unknownRedirect: 'The application asks to be answered at an address that is none of its own.',
  website: 'Its website',
}

const ES: AuthorizeTexts = {
  language: 'es',
  title: (app) => `¿Dejar entrar a ${app}?`,
  asks: (app) => `${app} pide usar tu cuenta aquí. Inicia sesión para permitirle:`,
  may: {
    read: 'leer dweets, perfiles y tus avisos',
    write: 'publicar, marcar «me gusta», republicar y cambiar tu perfil en tu nombre',
    follow: 'seguir, silenciar y bloquear en tu nombre',
    push: 'pedir avisos (aquí no se envía ninguno)',
    profile: 'saber quién eres',
  },
  mayNot: 'Nunca sabrá tu contraseña. Puedes terminarlo entre tus sesiones.',
  nick: 'Nick',
  password: 'Contraseña',
  allow: 'Permitir',
  deny: 'No permitir',
  badLogin: 'Combinación de nick y contraseña incorrecta.',
  suspended: 'Esta cuenta está suspendida.',
  slowDown: (minutes) => `Demasiados intentos. Prueba en ${minutes} min.`,
  later: 'Ahora mismo no se puede. Inténtalo de nuevo dentro de un rato.',
  codeTitle: 'Tu código',
  codeText: (app) => `Copia este código en ${app}:`,
  code: 'Código',
  codeEnds: 'Vale una vez, y diez minutos.',
  deniedTitle: 'No permitido',
  deniedText: (app) => `No se dejó entrar a ${app}. Puedes cerrar esta página.`,
  wrongTitle: 'Esto no se puede permitir',
  unknownApp: 'Aquí no se conoce tal aplicación. Añade de nuevo la cuenta en ella.',
  unknownRedirect: 'La aplicación pide la respuesta en una dirección que no es suya.',
  website: 'Su sitio web',
}

export function authorizeTextsFor(acceptLanguage: string | undefined): AuthorizeTexts {
  return languageFor(acceptLanguage) === 'es' ? ES : EN
}
