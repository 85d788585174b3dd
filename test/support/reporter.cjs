// Mocha's spec output, then every skipped test with its reason and one closing line that any CI reader knows.
const { reporters } = require('mocha');

class ClosingLineReporter extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const skipped = [];
    runner.on('pending', (test) => skipped.push(test));
    runner.once('end', () => {
      for (const test of skipped) {
        console.log(
          `skipped: ${test.fullTitle()} (${test.skipReason ?? test.parent?.skipReason ?? 'no reason given'})`,
        );
      }
      const { passes, failures, pending } = this.stats;
      console.log(`${passes} passed, ${failures} failed, ${pending} skipped`);
    });
  }
}

module.exports = ClosingLineReporter;
