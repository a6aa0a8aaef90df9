/* The verbs of grants in words. */
import { language, w } from '@/i18n'

const WORDS: { [verb: string]: [string, string] } = {
  read: ['查看', 'read'],
  create: ['登记', 'create'],
  change: ['修改', 'change'],
  remove: ['移入回收站', 'move to the bin'],
  import: ['导入', 'import'],
  export: ['导出', 'export'],
  unmask: ['看全号', 'see personal data'],
  classify: ['定级', 'classify'],
  assign: ['交办', 'assign'],
  rectify: ['整改', 'rectify'],
  recheck: ['复查', 're-check'],
  approve: ['审批', 'approve'],
  issue: ['签发', 'issue'],
  manage: ['管理人员', 'manage people'],
  audit: ['查审计', 'read the audit trail'],
  operate: ['管理系统', 'operate the program'],
}

export function verbWords(verbs: string[]): string {
  return verbs.map((v) => WORDS[v]?.[language.value === 'zh' ? 0 : 1] ?? v).join(w.value.listComma)
}
