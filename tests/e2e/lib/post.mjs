// A mail server that takes letters or refuses every recipient, as it is told. It keeps how many it took and refused.
import { createServer } from 'node:net'

export async function startPost() {
  const post = { refuses: true, taken: 0, refused: 0 }
  const server = createServer((line) => {
    let text = ''
    let body = false
    const say = (words) => line.write(`${words}\r\n`)
    const answer = (said) => {
      if (body) {
        if (said !== '.') return
        body = false
        post.taken += 1
        say('250 taken')
      } else if (/^RCPT/i.test(said) && post.refuses) {
        post.refused += 1
        say('550 no such mailbox')
      } else if (/^DATA/i.test(said)) {
        body = true
        say('354 go on')
      } else if (/^QUIT/i.test(said)) {
        say('221 bye')
        line.end()
      } else say('250 well')
    }
    line.setEncoding('utf8')
    line.on('error', () => undefined)
    line.on('data', (bytes) => {
      text += bytes
      const said = text.split('\r\n')
      text = said.pop()
      said.forEach(answer)
    })
    say('220 post')
  })
  await new Promise((go) => server.listen(0, '127.0.0.1', go))
  post.url = `smtp://127.0.0.1:${server.address().port}`
  post.stop = () => server.close()
  return post
}
