// Beside NAME.cjs, which is a copy of this, lie NAME.script and the code that V8 made of it when it was built. Where Node
// is the same, nothing is compiled again; where it is another, it takes the text as ever.
const { readFileSync } = require('node:fs');
const { Script } = require('node:vm');

const beside = (ending) => __filename.replace(/cjs$/, ending);
const script = new Script(readFileSync(beside('script'), 'latin1'), {
  filename: beside('script'),
  cachedData: readFileSync(beside('compiled')),
});
script.runInThisContext()(exports, require, module, __filename);
