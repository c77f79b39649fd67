#!/usr/bin/node
// Stores files in the mailgraft spool from a long-lived process, without temporary files.
// Needs the sudoers line of doc/spool/README.md, or must run as the spool's owner.
'use strict';

const { spawn } = require('node:child_process');
const readline = require('node:readline');

class Mailgraft {
  constructor(command = ['sudo', '-n', '-u', 'mailgraft', '/usr/bin/mailgraft', 'put', '--batch']) {
    this.waiting = [];
    this.process = spawn(command[0], command.slice(1), { stdio: ['pipe', 'pipe', 'inherit'] });
    this.ended = new Promise((resolve) => {
      this.process.on('close', (code) => resolve(code));
      this.process.on('error', () => resolve(-1));
    });
    this.ended.then((code) => this.fail(new Error(`mailgraft ended with ${code}`)));
    this.process.stdin.on('error', () => {}); // 'close' follows and tells every request
    readline.createInterface({ input: this.process.stdout }).on('line', (line) => this.answer(line));
  }

  // Resolves with the answer: token, marker, header, size … `more`: type, to, expires, inline, cid.
  // Several calls may wait at once; answers come in the order of the calls.
  put(bytes, name, more = {}) {
    const data = Buffer.from(bytes);
    return new Promise((resolve, reject) => {
      this.waiting.push({ resolve, reject });
      this.process.stdin.write(JSON.stringify({ ...more, name, bytes: data.length }) + '\n');
      this.process.stdin.write(data);
    });
  }

  // Resolves with mailgraft's exit code once all requests are answered.
  close() {
    this.process.stdin.end();
    return this.ended;
  }

  answer(line) {
    const request = this.waiting.shift();
    const answer = JSON.parse(line);
    if (answer.error !== undefined) {
      request.reject(new Error(answer.error));
    } else {
      request.resolve(answer);
    }
  }

  fail(error) {
    this.waiting.splice(0).forEach((request) => request.reject(error));
  }
}

module.exports = { Mailgraft };

async function example() {
  const client = process.argv.length > 2 ? new Mailgraft(process.argv.slice(2)) : new Mailgraft();
  const answer = await client.put('%PDF-1.4 ...', 'Rechnung März.pdf', { to: 'joe@example.net', expires: '21d' });
  console.log(answer.header);
  process.exitCode = await client.close();
}

if (require.main === module) {
  example().catch((error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
