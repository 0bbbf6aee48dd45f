// call_graph.mjs: reads the descriptors of the protos as JSON and prints who calls whom, as YAML: for
// each service the callers that any of its methods names. The chart's network policies are made of it.

import { readFileSync } from 'node:fs';

const policy = '[cartwright.api.v1.method]';

/** @param {{file: any[]}} descriptors @returns {Map<string, Set<string>>} callers by service */
function callersOf(descriptors) {
  const callers = new Map();
  for (const file of descriptors.file) {
    for (const service of file.service ?? []) {
      const name = /^cartwright\.([a-z]+)\.v1$/.exec(file.package)?.[1];
      if (!name) throw new Error(`${file.name}: services belong into a package cartwright.<name>.v1`);
      if (!callers.has(name)) callers.set(name, new Set());
      for (const method of service.method) {
        const named = method.options?.[policy]?.callers;
        if (!named) throw new Error(`${file.name}: ${method.name} names no callers`);
        for (const caller of named) callers.get(name).add(caller);
      }
    }
  }
  return callers;
}

const callers = callersOf(JSON.parse(readFileSync(0, 'utf8')));
const lines = [...callers.keys()].sort().map((name) => `${name}: [${[...callers.get(name)].sort().join(', ')}]`);
process.stdout.write(`# Who may call a service, as its protos say. Made by deploy/chart/call_graph.sh --write.\n${lines.join('\n')}\n`);
