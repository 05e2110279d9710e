export interface FrameRate {
  readonly num: number;
  readonly den: number;
}

const two = (value: number): string => String(value).padStart(2, "0");

/**
 * Frame number as an SMPTE timecode (ST 12-1): HH:MM:SS:FF, or with drop frames HH:MM:SS;FF at 30000/1001 and 60000/1001
 * frames per second, where the first two (four) numbers of each minute but every tenth are left out.
 */
export function smpteTimecode(frame: number, rate: FrameRate): string {
  const perSecond = Math.round(rate.num / rate.den);
  const drops = rate.den === 1001 && perSecond % 30 === 0 ? perSecond / 15 : 0;
  let number = frame;
  if (drops > 0) {
    const perMinute = 60 * perSecond - drops;
    const perTenMinutes = 10 * perMinute + drops;
    const tens = Math.floor(frame / perTenMinutes);
    const rest = frame % perTenMinutes;
    const minutes = rest < 60 * perSecond ? 0 : 1 + Math.floor((rest - 60 * perSecond) / perMinute);
    number += drops * (9 * tens + minutes);
  }
  const seconds = Math.floor(number / perSecond);
  return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}${drops > 0 ? ";" : ":"}${two(number % perSecond)}`;
}
