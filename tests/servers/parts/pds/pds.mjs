// A Bluesky personal data server and the directory of identities it asks, in one process on loopback.
//   node pds.mjs PACKAGES DATA PORT DIRECTORY_PORT [limits]
// PACKAGES is the folder that holds node_modules. The directory keeps its entries in memory: an account lasts as long as
// this process does. Anyone may open one. `limits` turns on the rate limits of the public network.
import { mkdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import net from 'node:net'
import { pathToFileURL } from 'node:url'

const [packages, data, port, directoryPort, limits] = process.argv.slice(2)
const load = (name) => import(pathToFileURL(createRequire(`${packages}/`).resolve(name)).href)

// neither server can be told an address to listen at
const listen = net.Server.prototype.listen
net.Server.prototype.listen = function (where, ...rest) {
  return listen.call(this, typeof where === 'number' ? { port: where, host: '127.0.0.1' } : where, ...rest)
}

const directory = (await load('@did-plc/server')).default
await directory.PlcServer.create({ db: directory.Database.mock(), port: Number(directoryPort) }).start()

const { PDS, envToCfg, envToSecrets } = await load('@atproto/pds')
for (const folder of ['blobs', 'blobs-being-uploaded']) mkdirSync(`${data}/${folder}`, { recursive: true })
const settings = {
  hostname: 'localhost',
  port: Number(port),
  devMode: true,
  dataDirectory: data,
  blobstoreDiskLocation: `${data}/blobs`,
  blobstoreDiskTmpLocation: `${data}/blobs-being-uploaded`,
  didPlcUrl: `http://127.0.0.1:${directoryPort}`,
  inviteRequired: false,
  disableSsrfProtection: true, // the directory is at loopback, which it would not ask
  rateLimitsEnabled: limits === 'limits',
  bskyAppViewUrl: undefined, // nothing leaves this machine
  // whoever reaches loopback may know these
  jwtSecret: 'a secret of the tests on loopback',
  dpopSecret: 'd'.repeat(64),
  adminPassword: 'of the tests on loopback',
  repoSigningKeyK256PrivateKeyHex: '1'.repeat(64),
  plcRotationKeyK256PrivateKeyHex: '2'.repeat(64),
}
const pds = await PDS.create(envToCfg(settings), envToSecrets(settings))
await pds.start()
