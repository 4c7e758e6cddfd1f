// A phone that was not written here: npm `jsqr` reads the picture on the screen, npm `otpauth` makes the codes.

import * as OTPAuth from 'otpauth'
import { PNG } from 'pngjs'
import readsCode from 'jsqr'

const STEP = 30

/** Holds a phone in front of the page: it reads the QR code from the pixels that the browser draws. */
export async function photographs(page) {
  const picture = PNG.sync.read(await page.locator('svg.qr').screenshot())
  const found = readsCode(new Uint8ClampedArray(picture.data), picture.width, picture.height)
  if (!found) throw new Error('no QR code can be read from the page')
  return phone(found.data)
}

/** A phone that got this `otpauth:` address. */
export function phone(address) {
  const totp = OTPAuth.URI.parse(address)
  let used = 0
  return {
    address,
    issuer: totp.issuer,
    account: totp.label,
    /** The code that it shows now; or the next one, where that was typed before. */
    code() {
      used = Math.max(Math.floor(Date.now() / 1000 / STEP), used + 1)
      return totp.generate({ timestamp: used * STEP * 1000 })
    },
    /** A code that isn't right, now or soon. */
    wrongCode() {
      const now = Date.now()
      const right = [-2, -1, 0, 1, 2].map((steps) => totp.generate({ timestamp: now + steps * STEP * 1000 }))
      return ['000000', '111111', '222222', '333333', '444444', '555555'].find((code) => !right.includes(code))
    },
  }
}
