/* All that was found. */

export const zh = {
  title: '搜索结果',
  all: '看全部结果',
  heading: (words: string) => `“${words}”的搜索结果`,
  none: (words: string) => `没有找到“${words}”`,
  noneText: '可换短一些的词，或用编号、统一社会信用代码的一段、手机后四位',
  ask: '输入至少两个字',
  scope: (scope: string) => `在${scope}·您的数据范围内查找`,
  byNumber: '编号',
  byPhone: '电话',
  number: '编号正好是它',
  openList: '在台账中打开',
}

export const en: typeof zh = {
  title: 'Search results',
  all: 'See all results',
  heading: (words: string) => `Results for "${words}"`,
  none: (words: string) => `Nothing found for "${words}"`,
  noneText: 'Try shorter words, a number, a piece of a credit code, or the last four digits of a mobile',
  ask: 'Type at least two characters',
  scope: (scope: string) => `Searched within your scope: ${scope}`,
  byNumber: 'Number',
  byPhone: 'Telephone',
  number: 'has exactly this number',
  openList: 'Open as a list',
}
