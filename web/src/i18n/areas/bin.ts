/* What was removed. */

export const zh = {
  title: '回收站',
  text: '移入回收站的记录，谁在什么时候移入；恢复后回到原来的状态。',
  none: '回收站里没有记录',
  noneText: '移入回收站的记录会列在这里，可以恢复。',
  chosen: (n: number) => `已选 ${n} 条`,
  choose: (title: string) => `选择 ${title}`,
  restoreOf: (title: string) => `恢复 ${title}`,
}

export const en: typeof zh = {
  title: 'Bin',
  text: 'Records that were removed, by whom and when; restored they are what they were.',
  none: 'The bin is empty',
  noneText: 'Removed records are listed here and can be restored.',
  chosen: (n: number) => `${n} chosen`,
  choose: (title: string) => `Choose ${title}`,
  restoreOf: (title: string) => `Restore ${title}`,
}
