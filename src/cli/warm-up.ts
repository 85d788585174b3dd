/**
 * Six times the work that V8 sees in a function before it compiles it anew for speed. What a command does in its one or two
 * seconds spans hundreds of functions; as they are by default, compiling them took more of two processors than running
 * them. A scan loads its code by itself, and is at its fastest as it is.
 */
export const WARM_UP = '--interrupt-budget=400000';
