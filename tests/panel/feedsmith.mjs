// Read a feed from standard input, print what every parser must agree on as JSON.
import { readFileSync } from 'node:fs'
import { parseFeed } from 'feedsmith'

const { format, feed } = parseFeed(readFileSync(0, 'utf8'))
const items = feed.items ?? feed.entries ?? []
const text = (value) => (typeof value === 'object' && value !== null ? value.value : value)
console.log(
  JSON.stringify({
    format,
    items: items.map((item) => ({
      id: text(item.guid) ?? item.id,
      title: text(item.title),
      published: item.pubDate ?? item.published ?? item.date_published,
      content: item.content?.encoded ?? text(item.content) ?? item.content_html,
    })),
  }),
)
