/* Deadlines that climb by themselves, notices, and the day of a demonstration. */

export const zh = {
  ladder: {
    title: '期限与提醒',
    due: (label: string, day: string) => `${label} ${day}`,
    late: (days: number) => `已逾期 ${days} 天`,
    will: (names: string) => `将告知 ${names}`,
    told: (names: string) => `已告知 ${names}`,
    now: (names: string) => `正在告知 ${names}`,
    instead: (role: string, by: string) => `${role}空缺，上报一级：${by}`,
    nobody: (role: string) => `${role}及以上各级均空缺，无人可告知`,
    madeUp: (days: number) => `补发，晚了 ${days} 天`,
    skipped: '设定期限时已过，不再提醒',
    rest: (n: number, last: string) => `再往上 ${n} 级，最迟 ${last}`,
    before: (n: number) => `此前 ${n} 级`,
    person: (role: string, name: string) => `${role} ${name}`,
  },
}

export const en: typeof zh = {
  ladder: {
    title: 'Deadline and reminders',
    due: (label: string, day: string) => `${label} ${day}`,
    late: (days: number) => `${days} days late`,
    will: (names: string) => `Will tell ${names}`,
    told: (names: string) => `Told ${names}`,
    now: (names: string) => `Telling ${names}`,
    instead: (role: string, by: string) => `No ${role} here; one step up: ${by}`,
    nobody: (role: string) => `No ${role} and nobody above: there is nobody to tell`,
    madeUp: (days: number) => `made up for, ${days} days late`,
    skipped: 'Past when the deadline was set; not told',
    rest: (n: number, last: string) => `${n} more steps, the last on ${last}`,
    before: (n: number) => `${n} earlier steps`,
    person: (role: string, name: string) => `${role} ${name}`,
  },
}
