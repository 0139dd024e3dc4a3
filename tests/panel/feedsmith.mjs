// Read the feeds named as arguments, print what every parser must agree on as a JSON list, one entry a feed.
import { readFileSync } from 'node:fs'
import { parseFeed } from 'feedsmith'

const text = (value) => (typeof value === 'object' && value !== null ? value.value : value)
const read = (path) => {
  const { format, feed } = parseFeed(readFileSync(path, 'utf8'))
  const items = feed.items ?? feed.entries ?? []
  return {
    format,
    title: text(feed.title),
    items: items.map((item) => ({
      id: text(item.guid) ?? item.id,
      title: text(item.title),
      published: item.pubDate ?? item.published ?? item.date_published,
      updated: item.atom?.updated ?? item.updated ?? item.date_modified,
      content: item.content?.encoded ?? text(item.content) ?? item.content_html,
      tags: item.tags ?? item.categories?.map((one) => one.label ?? one.name ?? text(one)),
      people: item.dc?.creators ?? (item.dc?.creator && [item.dc.creator]) ?? item.authors?.map((one) => one.name),
      picture: item.media?.contents?.[0]?.url ?? item.image,
    })),
  }
}
console.log(JSON.stringify(process.argv.slice(2).map(read)))
