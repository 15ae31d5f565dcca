// `npm start`: the examples, with hot reload and the embedded MQTT broker. PORT chooses the port; `-- --host` lets
// other devices of the network in.
import { createServer } from 'vite';

const port = Number(process.env.PORT ?? 5173);
const host = process.argv.includes('--host');

function fail(message) {
  console.error(message);
  process.exit(1);
}

if (!Number.isInteger(port) || port < 0 || port > 65535) {
  fail(`PORT must be a number from 0 to 65535; it is "${process.env.PORT}".`);
}
try {
  const server = await createServer({ server: { port, strictPort: true, host }, clearScreen: false });
  await server.listen();
  const { local, network } = server.resolvedUrls;
  console.log(`\n  Open this in two tabs or two browsers:\n\n    ${local[0]}\n`);
  for (const url of network)
    console.log(`    ${url}  (other devices: browsers give a camera to https pages only)\n`);
} catch (error) {
  if (error.code === 'EADDRINUSE' || /is already in use/.test(error.message)) {
    fail(`Port ${port} is taken. Stop what uses it, or choose another one: PORT=${port + 1} npm start`);
  }
  throw error;
}
