// What a client of ClickHouse's HTTP interface sends, taken apart.
'use strict';
const zlib = require('node:zlib');

// URL parameters of the interface itself; any other is a setting of the query.
const INTERFACE = new Set(['query', 'query_id', 'database', 'default_format', 'user', 'password', 'session_id', 'session_timeout', 'session_check',
  'enable_http_compression', 'compress', 'decompress', 'role', 'quota_key', 'stacktrace', 'buffer_size', 'wait_end_of_query',
  'client_protocol_version', 'close_session']);
// Settings of a server that a library does not know or must not obey: an insert here is always immediate.
const WITHOUT_EFFECT = new Set(['http_zlib_compression_level', 'send_progress_in_http_headers', 'http_headers_progress_interval_ms', 'async_insert',
  'wait_for_async_insert', 'async_insert_busy_timeout_ms', 'async_insert_max_data_size']);

const DECODERS = {
  gzip: zlib.gunzipSync,
  deflate: zlib.inflateSync,
  br: zlib.brotliDecompressSync,
  // Node has zstd of its own from version 22.15.
  zstd: zlib.zstdDecompressSync ?? (raw => Buffer.from(require('fzstd').decompress(raw))),
};

const STATUS_BY_CODE = { 516: 403, 46: 404, 47: 404, 60: 404, 81: 404, 27: 400, 36: 400, 53: 400, 62: 400, 72: 400 };

async function readBody(incoming) {
  const parts = [];
  for await (const part of incoming) parts.push(part);
  const raw = Buffer.concat(parts);
  const encoding = (incoming.headers['content-encoding'] ?? '').toLowerCase();
  if (!encoding) return raw;
  const decode = DECODERS[encoding];
  if (!decode) throw new Error(`Code: 48. DB::Exception: content encoding ${encoding} is not supported here. (NOT_IMPLEMENTED)`);
  return decode(raw);
}

function checkCredentials(incoming, parameters, expected) {
  const header = incoming.headers.authorization ?? '';
  const [user, password] = header.startsWith('Basic ')
    ? Buffer.from(header.slice(6), 'base64').toString().split(/:(.*)/s)
    : [incoming.headers['x-clickhouse-user'] ?? parameters.get('user') ?? 'default', incoming.headers['x-clickhouse-key'] ?? parameters.get('password') ?? ''];
  if (user !== expected.user || password !== expected.password)
    throw new Error(`Code: 516. DB::Exception: ${user}: Authentication failed: password is incorrect, or there is no user with such name. (AUTHENTICATION_FAILED)`);
}

async function takeForm(incoming, body, parameters) {
  const form = await new Response(body, { headers: { 'content-type': incoming.headers['content-type'] } }).formData();
  for (const [name, value] of form)
    parameters.set(name, typeof value === 'string' ? value : Buffer.from(await value.arrayBuffer()).toString());
}

// INSERT … FORMAT X <data>: where the statement ends and its data begin; null when it is no such statement.
function endOfInsert(statement) {
  const start = statement.subarray(0, 65_536).toString('latin1');
  const match = /^\s*(?:--[^\n]*\n|\/\*[\s\S]*?\*\/|\s)*INSERT\s[\s\S]*?\sFORMAT\s+(\w+)[ \t]*(?:\r?\n|;|$|\s)/i.exec(start);
  return match && !/^values$/i.test(match[1]) ? match[0].length : null;
}

async function parseRequest(incoming, url, body, expected) {
  const parameters = url.searchParams;
  checkCredentials(incoming, parameters, expected);
  if ((incoming.headers['content-type'] ?? '').startsWith('multipart/form-data')) {
    await takeForm(incoming, body, parameters);
    body = Buffer.alloc(0);
  }
  // The statement is the parameter "query" followed by the body.
  const statement = parameters.get('query') ? Buffer.concat([Buffer.from(parameters.get('query') + '\n'), body]) : body;
  const end = endOfInsert(statement);
  const bound = [...parameters].filter(([name]) => name.startsWith('param_')).map(([name, value]) => [name.slice('param_'.length), value]);
  return {
    sql: (end === null ? statement : statement.subarray(0, end)).toString().trim().replace(/;$/, ''),
    data: end === null ? null : statement.subarray(end),
    format: parameters.get('default_format') || 'TabSeparated',
    database: parameters.get('database') || 'default',
    parameters: bound.length ? Object.fromEntries(bound) : null,
    settings: [...parameters].filter(([name]) => !INTERFACE.has(name) && !WITHOUT_EFFECT.has(name) && !name.startsWith('param_')),
    sessionId: parameters.get('session_id'),
    sessionTimeout: Number(parameters.get('session_timeout') || 60),
  };
}

function textError(error, version) {
  const message = String(error.message ?? error);
  const code = Number(error.clickhouseCode ?? /Code: (\d+)/.exec(message)?.[1] ?? 1000);
  const text = /^Code: /.test(message) ? message : `Code: ${code}. DB::Exception: ${message}`;
  return { status: STATUS_BY_CODE[code] ?? 500, code, text: text + (message.includes('(version') ? '' : ` (version ${version})`) + '\n' };
}

module.exports = { readBody, parseRequest, textError };
