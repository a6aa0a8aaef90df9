// The guide for users (docs/guide.zh-CN.md) becomes a page of its own, /help.html, with its pictures under /help/: as plain
// as the text, no script, one style sheet, there also for whoever cannot sign in. Runs after the pages are built.
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { marked } from 'marked'

const at = (path) => fileURLToPath(new URL(path, import.meta.url))

// Headings are linked to as on the page of the repository: without punctuation, a line for each space.
const anchor = (heading) => heading.toLowerCase().replace(/[^\p{L}\p{N} -]/gu, '').replace(/ /g, '-')

const text = readFileSync(at('../docs/guide.zh-CN.md'), 'utf8')
const title = /^# (.+)$/m.exec(text)[1]
const body = marked
  .parse(text)
  .replace(/<(h[1-3])>([^<]*)</g, (_, h, words) => `<${h} id="${anchor(words)}">${words}<`)
  .replace(/src="pictures\//g, 'src="/help/')
  .replace(/<table>/g, '<div class="wide" tabindex="0" role="group"><table>')
  .replace(/<\/table>/g, '</table></div>')
  // what lies beside the guide in the repository is not served
  .replace(/<a href="[^"#][^"]*\.md">([^<]*)<\/a>/g, '$1')

const page = `<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8" />
<meta name="viewport" content="width=device-width, initial-scale=1" />
<title>${title}</title>
<link rel="icon" href="/favicon.svg" />
<link rel="stylesheet" href="/help.css" />
</head>
<body><main>
${body}</main></body>
</html>
`

writeFileSync(at('dist/help.html'), page)
cpSync(at('help.css'), at('dist/help.css'))
cpSync(at('../docs/pictures'), at('dist/help'), { recursive: true })
