/** A reporter of vitest: names every test that passed on its second try only. */
export default class SecondTries {
  onTestCaseResult(test) {
    if (test.diagnostic()?.flaky === true) {
      process.stdout.write(`Flaky: ${test.module.relativeModuleId} > ${test.fullName}\n`);
    }
  }
}
