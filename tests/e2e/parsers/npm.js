// The parts of messages as an npm package sees them. What it reads and writes: see python.py
//
//   npm.js postal-mime|mailparser|emailjs-mime-parser < PATHS
//
// All three are asked for their trees rather than for the text that they make of several parts.
'use strict';
const fs = require('fs');

const name = process.argv[2];
const library = require(name);

function row(type, filename, body) {
	return [type, filename, body].map((v) => Buffer.from(v || '').toString('base64')).join('\t');
}

async function postalMime(raw) {
	const parser = new library.default();
	await parser.parse(raw);
	const rows = [];
	const walk = async (node) => {
		const type = node.contentType.parsed.value;
		const disposition = node.contentDisposition.parsed;
		if (node.contentType.multipart) {
			for (const child of node.childNodes) await walk(child);
		} else if (type === 'message/rfc822' && node.content && disposition.value !== 'attachment') {
			rows.push(...await postalMime(node.content));
		} else {
			const filename = disposition.params.filename || node.contentType.parsed.params.name;
			rows.push(row(type, filename && library.decodeWords(filename), node.content));
		}
	};
	await walk(parser.root);
	return rows;
}

function mailparser(raw) {
	return new Promise((resolve) => {
		const parser = new library.MailParser({ keepDeliveryStatus: true });
		const rows = [];
		parser.on('data', (data) => {
			if (data.type !== 'attachment') return;
			const chunks = [];
			data.content.on('data', (c) => chunks.push(c));
			data.content.on('end', () => {
				const type = data.headers.get('content-type');
				rows.push(row(type ? type.value : 'text/plain', data.filename, Buffer.concat(chunks)));
				data.release();
			});
		});
		parser.on('error', (error) => resolve([row('!', '', String(error))]));
		parser.on('end', () => {
			const walk = (node) => {
				if (node.textContent) rows.push(row(node.contentType || 'text/plain', node.node.filename, node.textContent));
				node.children.forEach(walk);
			};
			walk(parser.tree);
			resolve(rows);
		});
		parser.end(raw);
	});
}

async function emailjs(raw) {
	const rows = [];
	const walk = (node) => {
		if (node._childNodes && node._childNodes.length || node.childNodes && node.childNodes.length) {
			node.childNodes.forEach(walk);
			return;
		}
		const disposition = (node.headers['content-disposition'] || [{}])[0].params || {};
		const type = node.contentType || {};
		rows.push(row(type.value || 'text/plain', disposition.filename || (type.params || {}).name, node.content));
	};
	walk(library.default(raw.toString('latin1')));
	return rows;
}

const parse = { 'postal-mime': postalMime, mailparser, 'emailjs-mime-parser': emailjs }[name];

(async () => {
	for (const path of fs.readFileSync(0, 'utf8').split('\n').slice(0, -1)) {
		let rows;
		try {
			rows = await parse(fs.readFileSync(path));
		} catch (error) {
			rows = [row('!', '', String(error))];
		}
		process.stdout.write([...rows, '.', ''].join('\n'));
	}
})();
