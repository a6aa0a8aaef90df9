/* "Chrome · Windows" out of a user agent: enough for a person to know the own device. */
const BROWSERS: [RegExp, string][] = [
  [/MicroMessenger/, '微信'],
  [/Edg\//, 'Edge'],
  [/Firefox\//, 'Firefox'],
  [/HeadlessChrome|Chrome\//, 'Chrome'],
  [/Safari\//, 'Safari'],
]
const SYSTEMS: [RegExp, string][] = [
  [/Android/, 'Android'],
  [/iPhone|iPad/, 'iOS'],
  [/HarmonyOS/, 'HarmonyOS'],
  [/Windows/, 'Windows'],
  [/Mac OS X/, 'macOS'],
  [/Linux/, 'Linux'],
]

export function deviceOf(agent: string | null): string {
  if (!agent) return ''
  const first = (list: [RegExp, string][]) => list.find(([r]) => r.test(agent))?.[1]
  return [first(BROWSERS), first(SYSTEMS)].filter(Boolean).join('·') || agent.slice(0, 40)
}
