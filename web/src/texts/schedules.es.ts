/** Los textos sobre horarios de rastreos y webhooks en español. */
import type { ScheduleTexts } from './schedules.en.ts'

export const SCHEDULES_ES: ScheduleTexts = {
  repeat: {
    label: 'Cada cuánto',
    hint: 'Un horario empieza un rastreo cada vez, hasta que se pause o se borre.',
  },
  repeats: {
    once: 'una vez, ahora',
    hourly: 'cada hora',
    daily: 'cada día',
    weekly: 'cada semana',
    own: 'según cron',
  },
  time: { label: 'A las', hint: 'En su zona horaria.' },
  timeWrong: 'Escriba una hora, por ejemplo 03:00.',
  weekday: { label: 'El', hint: 'El día de la semana.' },
  weekdays: ['domingo', 'lunes', 'martes', 'miércoles', 'jueves', 'viernes', 'sábado'],
  cron: {
    label: 'Formato cron',
    hint: 'Minuto, hora, día, mes, día de la semana: 30 6 * * 1-5 es de lunes a viernes a las seis y media.',
  },
  cronWrong: 'Escriba cinco campos, por ejemplo 0 3 * * *.',
  recrawl: {
    label: 'Páginas ya guardadas',
    hint: 'Les toca según cuántas veces cambiaron antes.',
  },
  recrawlAll: 'se piden todas de nuevo',
  recrawlDue: 'se piden de nuevo cuando les toca',
  webhook: {
    label: 'Aviso por webhook',
    hint: 'Se avisa a esta dirección del comienzo y del final, con firma.',
  },
  webhookPages: 'También de las páginas que cambian',
  made: (next) => `El horario está hecho. Su primer rastreo empieza el ${next}.`,
  secret: 'Secreto del webhook',
  secretHint: 'Guárdelo para comprobar lo que llegue: no se muestra otra vez.',
  toCrawl: 'Mostrar el rastreo',
  title: 'Horarios',
  when: 'Cuándo',
  next: 'Próxima vez',
  never: 'nunca',
  paused: 'en pausa',
  last: 'Última vez',
  none: 'todavía ninguna',
  run: {
    running: 'en marcha',
    done: 'terminado',
    cancelled: 'cancelado',
    deleted: 'borrado',
    skipped: 'omitido: el anterior seguía',
  },
  orders: { pause: 'Pausar', resume: 'Reanudar', run: 'Empezar ahora', remove: 'Borrar' },
  named: ({ order, seed }) => `${order}: horario de ${seed}`,
  reallyRemove: '¿Borrar este horario? Sus rastreos se quedan.',
  hook: {
    title: 'Avisos por webhook',
    facts: ({ delivered, givenUp, leftOut, waiting }) =>
      `${delivered} entregados, ${waiting} en espera, ${givenUp} abandonados, ${leftOut} omitidos.`,
    none: 'Todavía no se ha enviado nada.',
    states: {
      ok: 'Las entregas llegan.',
      failing: 'No se puede entregar; se intenta de nuevo.',
      gone: 'El receptor dice que ya no está. No se envía nada más hasta que llegue una prueba.',
    },
    last: ({ how, type }) => `Último intento: ${type}, ${how}.`,
    nextTry: (at) => `Próximo intento: ${at}.`,
    test: 'Enviar una prueba',
    tested: 'Una prueba está en camino.',
  },
}
