// What a Node.js product says about a person, through the SDK as its documents show it.
const { Analytics } = require('@segment/analytics-node')

const [host, writeKey, email] = process.argv.slice(2)
const analytics = new Analytics({ host, writeKey, maxRetries: 3 })
const anonymousId = `visitor-${email}`

analytics.on('error', (error) => {
  console.error('not delivered:', error)
  process.exitCode = 1
})
analytics.page({ anonymousId, name: 'Pricing', properties: { path: '/pricing' } })
analytics.track({ anonymousId, event: 'webinar_attended' })
analytics.identify({ userId: email, anonymousId, traits: { email, name: 'Petra Lindner' } })
analytics.group({ userId: email, groupId: 'pumpen', traits: { name: 'Pumpen', industry: 'Software' } })
analytics.track({ userId: email, event: 'demo_requested', properties: { product: 'Pumps' } })
analytics.closeAndFlush()
