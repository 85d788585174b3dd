import { performance } from 'node:perf_hooks';
import type { Clock } from '../engine.ts';

const { timeOrigin } = performance;

/** The machine's time at start, counted on by a clock that nobody can set back. */
export const systemClock: Clock = { now: () => timeOrigin + performance.now() };
