// A TCP proxy: one listener per edge, so that the network between any two processes can be slow, cut in
// one direction, or broken. It is a process of its own (proxies.mjs forks it), which the load does not
// disturb. It is told what to do by messages: {edges: {name: port}} to begin, {names, mode} to change.
//
// Modes: pass; delay (each piece waits); hold requests, hold replies (nothing goes that way, until it
// passes again: as TCP does after a partition); reset (all connections break, new ones pass); refuse
// (all connections break, and so does every new one).

import net from 'node:net';

const delayMs = 120;

/** One way of a connection: what is read waits here until it may go on. */
class Way {
  /** @param {net.Socket} from @param {net.Socket} to @param {() => string} mode @param {string} hold */
  constructor(from, to, mode, hold) {
    Object.assign(this, { to, mode, hold });
    /** @type {Buffer[]} */
    this.held = [];
    from.on('data', (piece) => {
      this.held.push(piece);
      if (mode() === 'delay') setTimeout(() => this.flush(), delayMs);
      else this.flush();
      // What is held stays bounded: then the sender's own buffers fill, as they do in a partition.
      if (this.held.length > 256) from.pause();
    });
    from.on('end', () => { if (this.held.length === 0) to.end(); });
    this.from = from;
  }

  flush() {
    const { mode, hold, to } = /** @type {any} */ (this);
    if (mode() === hold) return;
    for (const piece of this.held.splice(0)) to.write(piece);
    this.from.resume();
    if (this.from.readableEnded) to.end();
  }
}

/** A listener that stands in front of one port. */
class Edge {
  /** @param {number} upstream */
  constructor(upstream) {
    this.upstream = upstream;
    this.mode = 'pass';
    /** @type {Set<{client: net.Socket, server: net.Socket, ways: Way[]}>} */
    this.connections = new Set();
    this.listener = net.createServer({ allowHalfOpen: true }, (client) => this.#accept(client));
  }

  /** @returns {Promise<number>} its port */
  listen() {
    return new Promise((resolve) => {
      this.listener.listen(0, '127.0.0.1', () => resolve(/** @type {net.AddressInfo} */ (this.listener.address()).port));
    });
  }

  /** @param {net.Socket} client */
  #accept(client) {
    client.on('error', () => {});
    if (this.mode === 'refuse') {
      client.resetAndDestroy();
      return;
    }
    const server = net.connect({ port: this.upstream, host: '127.0.0.1', allowHalfOpen: true });
    client.setNoDelay(true);
    server.setNoDelay(true);
    const mode = () => this.mode;
    const connection = {
      client, server,
      ways: [new Way(client, server, mode, 'hold requests'), new Way(server, client, mode, 'hold replies')],
    };
    this.connections.add(connection);
    const end = () => {
      this.connections.delete(connection);
      client.destroy();
      server.destroy();
    };
    server.on('error', () => client.resetAndDestroy());
    client.on('close', end);
    server.on('close', () => { if (server.errored || connection.ways[1].held.length === 0) client.end(); });
  }

  /** @param {string} mode */
  set(mode) {
    this.mode = mode === 'reset' ? 'pass' : mode;
    for (const { client, server, ways } of this.connections) {
      if (mode === 'reset' || mode === 'refuse') {
        client.resetAndDestroy();
        server.resetAndDestroy();
      } else {
        for (const way of ways) way.flush();
      }
    }
  }
}

/** @type {Map<string, Edge>} */
const edges = new Map();

process.on('message', async (/** @type {any} */ message) => {
  if (message.edges) {
    /** @type {Record<string, number>} */
    const ports = {};
    for (const [name, upstream] of Object.entries(message.edges)) {
      const edge = new Edge(/** @type {number} */ (upstream));
      edges.set(name, edge);
      ports[name] = await edge.listen();
    }
    process.send?.({ ports });
  } else {
    for (const name of message.names) edges.get(name)?.set(message.mode);
    process.send?.({ done: message.id });
  }
});
process.on('disconnect', () => process.exit(0));
