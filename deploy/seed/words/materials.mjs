// Every material, by its word.

import './fabrics.mjs';
import './solids.mjs';

export { materials } from './material.mjs';
