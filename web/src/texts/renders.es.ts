/** Los textos sobre las páginas tal como las dibujó un navegador, en español. */
import type { RenderTexts } from './renders.en.ts'

export const RENDERS_ES: RenderTexts = {
  tab: 'Captura',
  option: 'Dibujar en un navegador',
  nobody:
    'Ningún miembro del anillo tiene navegador. Instala Chromium en uno y vuelve a arrancarlo.',
  none: 'Ningún navegador ha dibujado esta versión. Uno del anillo ejecuta sus scripts y guarda el resultado.',
  ask: 'Dibujarla',
  again: 'Dibujarla de nuevo',
  picture: ({ at, page }) => `La página ${page} tal como la pintó un navegador el ${at}`,
  unpainted: 'La página no se pudo pintar; su documento está aquí.',
  region: 'La página tal como la pintó un navegador',
  zoomIn: 'Tamaño real',
  zoomOut: 'Ajustar al ancho',
  cut: (height) => `La página es más larga; se muestran sus primeros ${height} píxeles.`,
  told: ({ at, browser, duration }) => `${browser}, ${at}, en ${duration}.`,
  asked: ({ failed, refused, requests }) =>
    `Pidió ${requests} ${requests === 1 ? 'cosa' : 'cosas'}` +
    `${refused === 0 ? '' : `, ${refused} denegadas`}${failed === 0 ? '' : `, ${failed} no obtenidas`}.`,
  unsettled: 'No llegó a reposar, y se tomó tal como estaba.',
  refusals: 'Lo denegado',
  why: {
    method: 'habría enviado algo',
    navigation: 'lleva a otra página',
    address: 'no se descarga de ahí',
    loopback: 'está en este ordenador',
    robots: 'robots.txt lo prohíbe',
    limit: 'demasiado',
  },
  save: 'Guardar la imagen',
  saveDocument: 'Guardar el documento',
  source: 'Documento tras ejecutar sus scripts',
}
