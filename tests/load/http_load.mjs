// A closed loop of keep-alive connections that ask one target again and again, and the CPU time that
// the process behind it takes meanwhile.

import { readFile } from 'node:fs/promises';
import net from 'node:net';

const clockTicksPerSecond = 100; // USER_HZ, the unit of /proc/PID/stat on every Linux

/**
 * User and system time of a process until now, in microseconds.
 * @param {number} pid
 */
export async function cpuMicroseconds(pid) {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * (1e6 / clockTicksPerSecond);
}

/**
 * One whole answer, head and body, as it came.
 * @param {number} port
 * @param {string} request
 * @returns {Promise<Buffer>}
 */
export function fetchRaw(port, request) {
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, '127.0.0.1', () => socket.write(request));
    let bytes = Buffer.alloc(0);
    socket.on('error', reject);
    socket.on('data', (chunk) => {
      bytes = Buffer.concat([bytes, chunk]);
      const size = sizeOfAnswer(bytes);
      if (size === undefined || bytes.length < size) return;
      socket.destroy();
      resolve(bytes.subarray(0, size));
    });
  });
}

/** @param {Buffer} bytes @returns {number | undefined} undefined while the head is not there */
function sizeOfAnswer(bytes) {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const length = /\r\ncontent-length: (\d+)/i.exec(bytes.toString('latin1', 0, end));
  return end + 4 + Number(length?.[1] ?? 0);
}

/**
 * Sends `count` requests over `connections` connections, each its next one when the answer is there.
 * Connections that the server closes are opened again, as browsers do.
 * @param {number} port
 * @param {string} request
 * @param {{count: number, connections: number}} options
 * @returns {Promise<{answers: number, notOk: number}>}
 */
export async function load(port, request, { count, connections }) {
  const total = { sent: 0, answers: 0, notOk: 0 };
  await Promise.all(Array.from({ length: connections }, async () => {
    while (total.sent < count) await converse(port, request, count, total);
  }));
  return total;
}

/**
 * One connection, until it is closed or everything is sent.
 * @param {number} port @param {string} request @param {number} count
 * @param {{sent: number, answers: number, notOk: number}} total
 * @returns {Promise<void>}
 */
function converse(port, request, count, total) {
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, '127.0.0.1');
    let missing = 0; // bytes of the answer under way
    const ask = () => {
      if (total.sent >= count) {
        socket.end();
        return;
      }
      total.sent += 1;
      socket.write(request);
    };
    socket.setNoDelay(true);
    socket.on('connect', ask);
    socket.on('error', reject);
    socket.on('close', () => resolve());
    socket.on('data', (chunk) => {
      if (missing === 0) {
        missing = sizeOfAnswer(chunk) ?? 0;
        if (missing === 0) return reject(new Error('a head in pieces'));
        if (!chunk.toString('latin1', 0, 12).endsWith(' 200')) total.notOk += 1;
      }
      missing -= chunk.length;
      if (missing > 0) return;
      total.answers += 1;
      ask();
    });
  });
}
