// What the cluster's Prometheus knows of the shop.

import { get } from './kubectl.mjs';

/** Asks its API. @param {string} path @returns {Promise<any>} */
export async function prometheus(path) {
  const { items: [pod] } = await get('pods', '-n', 'monitoring', '-l', 'app.kubernetes.io/name=prometheus');
  const reply = await fetch(`http://${pod.status.podIP}:9090/api/v1/${path}`);
  return (await reply.json()).data;
}

/** The series of an expression. @param {string} expression @returns {Promise<{metric: Record<string, string>, value: [number, string]}[]>} */
export async function query(expression) {
  return (await prometheus(`query?query=${encodeURIComponent(expression)}`)).result;
}
