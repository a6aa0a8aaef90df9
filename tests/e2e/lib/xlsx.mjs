// A workbook as small as Excel opens it: text cells only, nothing compressed. For tests that need a table of their own.
const encoder = new TextEncoder()

function crc32(bytes) {
  let crc = ~0
  for (const byte of bytes) {
    crc ^= byte
    for (let i = 0; i < 8; i += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0)
  }
  return ~crc >>> 0
}

function record(fields) {
  const size = fields.reduce((n, [width]) => n + width, 0)
  const out = Buffer.alloc(size)
  let at = 0
  for (const [width, value] of fields) {
    out.writeUIntLE(value, at, width)
    at += width
  }
  return out
}

function zip(files) {
  const parts = []
  const directory = []
  let at = 0
  for (const [name, text] of Object.entries(files)) {
    const path = encoder.encode(name)
    const body = encoder.encode(text)
    const crc = crc32(body)
    // version, flags, method 0 (stored), time, date (1980-01-01), crc, sizes, name length, no extra field
    const common = [
      [2, 20],
      [2, 0],
      [2, 0],
      [2, 0],
      [2, 33],
      [4, crc],
      [4, body.length],
      [4, body.length],
      [2, path.length],
      [2, 0],
    ]
    const head = record([[4, 0x04034b50], ...common])
    directory.push(record([[4, 0x02014b50], [2, 20], ...common, [2, 0], [2, 0], [2, 0], [4, 0], [4, at]]), path)
    parts.push(head, path, body)
    at += head.length + path.length + body.length
  }
  const list = Buffer.concat(directory)
  const count = Object.keys(files).length
  const end = record([
    [4, 0x06054b50],
    [2, 0],
    [2, 0],
    [2, count],
    [2, count],
    [4, list.length],
    [4, at],
    [2, 0],
  ])
  return Buffer.concat([...parts, list, end])
}

const escape = (text) => text.replace(/[&<>]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[c])

function letter(column) {
  return (column >= 26 ? letter(Math.floor(column / 26) - 1) : '') + String.fromCharCode(65 + (column % 26))
}

function sheet(rows) {
  const lines = rows.map((cells, r) => {
    const inside = cells.map((text, c) =>
      text === ''
        ? ''
        : `<c r="${letter(c)}${r + 1}" t="inlineStr"><is><t xml:space="preserve">${escape(text)}</t></is></c>`,
    )
    return `<row r="${r + 1}">${inside.join('')}</row>`
  })
  return `<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>${lines.join('')}</sheetData></worksheet>`
}

// sheets: {name: [[cell, …], …], …}
export function workbook(sheets) {
  const names = Object.keys(sheets)
  const type = 'application/vnd.openxmlformats-officedocument.spreadsheetml'
  const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
  const packages = 'http://schemas.openxmlformats.org/package/2006'
  const files = {
    '[Content_Types].xml': `<?xml version="1.0" encoding="UTF-8"?><Types xmlns="${packages}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${type}.sheet.main+xml"/>${names.map((_, i) => `<Override PartName="/xl/worksheets/sheet${i + 1}.xml" ContentType="${type}.worksheet+xml"/>`).join('')}</Types>`,
    '_rels/.rels': `<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="${packages}/relationships"><Relationship Id="rId1" Type="${office}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    'xl/workbook.xml': `<?xml version="1.0" encoding="UTF-8"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="${office}"><sheets>${names.map((n, i) => `<sheet name="${escape(n)}" sheetId="${i + 1}" r:id="rId${i + 1}"/>`).join('')}</sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="${packages}/relationships">${names.map((_, i) => `<Relationship Id="rId${i + 1}" Type="${office}/worksheet" Target="worksheets/sheet${i + 1}.xml"/>`).join('')}</Relationships>`,
  }
  names.forEach((n, i) => {
    files[`xl/worksheets/sheet${i + 1}.xml`] = sheet(sheets[n])
  })
  return zip(files)
}
