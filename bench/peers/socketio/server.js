// Socket.IO 4 and better-sqlite3 doing the same as the Go peers (../../peers.go): a PATCH
// updates a case and adds an event in one commit, synchronous=FULL, and everybody hears.
//
//	node --expose-gc server.js DIR [CERT KEY]
const fs = require('node:fs');
const http = require('node:http');
const https = require('node:https');
const path = require('node:path');
const Database = require('better-sqlite3');
const { Server } = require('socket.io');

const [dir, cert, key] = process.argv.slice(2);
const sample = JSON.parse(fs.readFileSync(path.join(dir, 'sample.json'), 'utf8'));
const doc = JSON.stringify(sample.row);

const db = new Database(path.join(dir, 'peer.db'));
db.pragma('journal_mode = WAL');
db.pragma('synchronous = FULL');
db.exec(`
CREATE TABLE cases (uid TEXT NOT NULL PRIMARY KEY, status TEXT NOT NULL, at INTEGER NOT NULL, doc TEXT NOT NULL);
CREATE TABLE events (seq INTEGER PRIMARY KEY AUTOINCREMENT, case_id TEXT NOT NULL, at INTEGER NOT NULL, kind TEXT NOT NULL, payload TEXT NOT NULL);`);
const add = db.prepare(`INSERT INTO cases (uid, status, at, doc) VALUES (?, 'UNDER_REVIEW', 0, ?)`);
for (let i = 0; i < 256; i++) add.run(`00000000-0000-7000-8000-${String(i).padStart(12, '0')}`, doc);

const update = db.prepare('UPDATE cases SET status = ?, at = ?, doc = ? WHERE uid = ?');
const insert = db.prepare(`INSERT INTO events (case_id, at, kind, payload) VALUES (?, ?, 'caseStatusUpdate', ?)`);
const statuses = { close: 'CLOSED', reopen: 'UNDER_REVIEW' };
const change = db.transaction(({ caseId, action }) => {
	const now = new Date();
	const status = statuses[action];
	if (!status || update.run(status, now.getTime(), doc, caseId).changes !== 1) throw new Error('no such case or action');
	const data = { ...sample, caseId, status, timestamp: now.toISOString(), step: action };
	const seq = Number(insert.run(caseId, now.getTime(), JSON.stringify(data)).lastInsertRowid);
	return { seq, prev: seq - 1, type: 'caseStatusUpdate', data };
});

function handle(req, res) {
	let body = '';
	req.on('data', (chunk) => (body += chunk));
	req.on('end', () => {
		try {
			const news = change(JSON.parse(body));
			io.emit('caseStatusUpdate', news);
			res.writeHead(200, { 'Content-Type': 'application/json' }).end(`{"success":true,"case":${doc}}`);
		} catch (err) {
			res.writeHead(400).end(String(err));
		}
	});
}

const server = cert ? https.createServer({ cert: fs.readFileSync(cert), key: fs.readFileSync(key) }, handle) : http.createServer(handle);
server.keepAliveTimeout = 60_000; // the default of 5 s cuts writers off while thousands of sockets are written to
const io = new Server(server, { transports: ['websocket'], serveClient: false });
server.listen(0, '127.0.0.1', () => console.log('ready', `127.0.0.1:${server.address().port}`));
process.on('SIGTERM', () => process.exit(0));
process.on('SIGUSR2', () => {
	global.gc();
	console.log('heap', process.memoryUsage().heapUsed, 'stacks', 0);
});
