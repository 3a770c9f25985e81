// ClickHouse's HTTP interface in front of chDB, which is ClickHouse's engine as a library. For local work only.
//   CLICKHOUSE_BRIDGE_PASSWORD=… node clickhouse-bridge.cjs --data DIR --port 8042 [--user default] [--connections 4] [--trace]
'use strict';
const http = require('node:http');
const fs = require('node:fs');
const path = require('node:path');
const { parseArgs } = require('node:util');
const { randomUUID } = require('node:crypto');
const { readBody, parseRequest, textError } = require('./clickhouse-request.cjs');

const { values: options } = parseArgs({
  options: {
    data: { type: 'string' },
    port: { type: 'string', default: '8123' },
    user: { type: 'string', default: 'default' },
    connections: { type: 'string', default: '4' },
    trace: { type: 'boolean', default: false },
  },
});
const password = process.env.CLICKHOUSE_BRIDGE_PASSWORD ?? '';

const chdb = require.resolve('chdb');
const { Session } = require(chdb);
// The call below the public one: it takes parameter values in the escaped form in which clients send them, and would not escape them twice.
const library = { 'linux-x64': 'linux-x64-gnu', 'linux-arm64': 'linux-arm64-gnu' }[`${process.platform}-${process.arch}`] ?? `${process.platform}-${process.arch}`;
const native = require(require.resolve(`@chdb/lib-${library}`, { paths: [chdb] }));

const engineFolder = path.join(options.data, 'engine');
const insertFolder = path.join(options.data, 'inserts');
fs.mkdirSync(engineFolder, { recursive: true });
fs.rmSync(insertFolder, { recursive: true, force: true });
fs.mkdirSync(insertFolder, { recursive: true, mode: 0o700 });

// A connection runs one query at a time, because USE and SET belong to it.
const open = () => ({ session: new Session(engineFolder), database: null });
const everyConnection = new Set();
const idle = [];
const waiting = [];
for (let i = 0; i < Number(options.connections); i++) {
  const connection = open();
  everyConnection.add(connection);
  idle.push(connection);
}

async function withPooled(work) {
  const connection = idle.pop() ?? await new Promise(resolve => waiting.push(resolve));
  try {
    return await work(connection);
  } finally {
    const next = waiting.shift();
    if (next) next(connection); else idle.push(connection);
  }
}

// A session_id keeps a connection of its own, with its temporary tables and settings, until it has been idle for its timeout.
const namedSessions = new Map();
async function withNamed(id, timeoutSeconds, work) {
  let named = namedSessions.get(id);
  if (!named) {
    named = { connection: open(), tail: Promise.resolve(), timer: null };
    namedSessions.set(id, named);
    everyConnection.add(named.connection);
  }
  clearTimeout(named.timer);
  named.tail = named.tail.catch(() => { }).then(() => work(named.connection));
  try {
    return await named.tail;
  } finally {
    clearTimeout(named.timer);
    named.timer = setTimeout(() => {
      namedSessions.delete(id);
      everyConnection.delete(named.connection);
      named.connection.session.close();
    }, timeoutSeconds * 1000).unref();
  }
}

// chDB holds bound parameters per process, not per connection, so such queries take turns.
let parameterTurn = Promise.resolve();
const inParameterTurn = work => (parameterTurn = parameterTurn.catch(() => { }).then(work));

const quoteName = name => '`' + name.replace(/\\/g, '\\\\').replace(/`/g, '\\`') + '`';
const quoteText = text => `'${String(text).replace(/\\/g, '\\\\').replace(/'/g, "\\'")}'`;

async function insert(connection, request) {
  // Data inside the statement would end at their first blank line, and binary rows contain such bytes; a file has no such end.
  const file = path.join(insertFolder, randomUUID());
  await fs.promises.writeFile(file, request.data, { mode: 0o600 });
  try {
    const sql = request.sql.replace(/\s((?:SETTINGS\s[\s\S]*?\s)?FORMAT\s+\w+)\s*$/i, (_, tail) => ` FROM INFILE ${quoteText(file)} ${tail}`);
    const result = await connection.session.queryAsync(sql);
    return { bytes: Buffer.alloc(0), read: 0, written: Number(result.rowsRead) };
  } finally {
    await fs.promises.rm(file, { force: true });
  }
}

async function select(connection, request) {
  const ask = parameters => native.QueryAsyncConnection(connection.session.connection, request.sql, request.format, ...parameters);
  const result = request.parameters ? await inParameterTurn(() => ask([request.parameters])) : await ask([]);
  const bytes = Buffer.from(result.bytes.buffer ?? result.bytes, result.bytes.byteOffset, result.bytes.byteLength);
  return { bytes, read: Number(result.rowsRead), written: 0 };
}

async function run(connection, request) {
  const changed = [];
  try {
    if (connection.database !== request.database) {
      await connection.session.queryAsync(`USE ${quoteName(request.database)}`);
      connection.database = request.database;
    }
    for (const [name, value] of request.settings) {
      await connection.session.queryAsync(`SET ${quoteName(name)} = ${quoteText(value)}`);
      changed.push(name);
    }
    return request.data ? await insert(connection, request) : await select(connection, request);
  } finally {
    for (const name of changed)
      await connection.session.queryAsync(`SET ${quoteName(name)} = DEFAULT`);
  }
}

const version = [...everyConnection][0].session.query('SELECT version()', 'TabSeparated').trim();

async function answer(incoming, response) {
  const url = new URL(incoming.url, 'http://bridge');
  response.setHeader('X-ClickHouse-Server-Display-Name', 'chdb');
  response.setHeader('X-ClickHouse-Timezone', 'UTC');
  response.setHeader('X-ClickHouse-Query-Id', url.searchParams.get('query_id') || randomUUID());
  if (url.pathname === '/ping' || (url.pathname === '/' && incoming.method === 'GET' && !url.search))
    return response.end('Ok.\n');

  const request = await parseRequest(incoming, url, await readBody(incoming), { user: options.user, password });
  if (options.trace)
    console.error(incoming.method, decodeURIComponent(url.search), request.sql.slice(0, 300), request.data?.length ?? '');
  const started = performance.now();
  const work = connection => run(connection, request);
  const result = request.sessionId ? await withNamed(request.sessionId, request.sessionTimeout, work) : await withPooled(work);
  response.setHeader('X-ClickHouse-Format', request.format);
  response.setHeader('X-ClickHouse-Summary', JSON.stringify({
    read_rows: String(result.read), read_bytes: '0', written_rows: String(result.written), written_bytes: '0', total_rows_to_read: '0',
    result_rows: String(result.read), result_bytes: String(result.bytes.length), elapsed_ns: String(Math.round((performance.now() - started) * 1e6)),
  }));
  response.writeHead(200, { 'Content-Type': 'application/octet-stream' }).end(result.bytes);
}

const server = http.createServer((incoming, response) => answer(incoming, response).catch(error => {
  const { status, code, text } = textError(error, version);
  if (options.trace) console.error(text);
  if (!response.headersSent)
    response.writeHead(status, { 'X-ClickHouse-Exception-Code': String(code), 'Content-Type': 'text/plain; charset=UTF-8' });
  response.end(text);
}));
server.keepAliveTimeout = 65_000;
server.on('error', error => {
  console.error(error.message);
  process.exit(1);
});
server.listen(Number(options.port), '127.0.0.1', () => console.log(JSON.stringify({ ready: true, port: server.address().port, version })));

function stop() {
  server.close();
  server.closeAllConnections();
  for (const connection of everyConnection) connection.session.close();
  process.exit(0);
}
process.on('SIGTERM', stop);
process.on('SIGINT', stop);
