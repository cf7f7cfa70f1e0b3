"""Words by which the forms of a framework are known to one who only reads words.

Each row is a row of words: `*` is any one, `a|b` one of two, `a~` one that begins with `a`,
`"a~` a text with `a` in it, `...` a few within the statement. After ` if ` stands what must
be somewhere in the file.
"""

JS = (".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx", ".mts", ".cts")
CPP = (".cc", ".cpp", ".cxx", ".hpp", ".h", ".mm", ".cu")

# For each language: the lexer, the endings of its files and the rows.
PATTERNS = {
    "java": ("java", (".java",), [
        "@ Disabled", "@ Ignore", "@ DisabledOnOs", "@ DisabledOnJre", "@ DisabledForJreRange", "@ DisabledIf",
        "@ DisabledIfSystemProperty", "@ DisabledIfEnvironmentVariable", "@ DisabledInNativeImage", "@ DisabledUntil",
        "@ EnabledOnOs", "@ EnabledOnJre", "@ EnabledForJreRange", "@ EnabledIf", "@ EnabledIfSystemProperty",
        "@ EnabledIfEnvironmentVariable", "@ EnabledInNativeImage", "@ AwaitsFix", "@ ExpectedToFail",
        "assumeTrue (", "assumeFalse (", "assumeThat (", "assumingThat (", "assumeNoException (", "assumeNotNull (",
        "new SkipException (", "new TestAbortedException (", "new AssumptionViolatedException (",
        "@ Test ( ... enabled = false", '@ Tag ( "flaky~', '@ Tag ( "quarantine~', "@ Flaky", "@ FlakyTest",
    ]),
    "kotlin": ("kotlin", (".kt", ".kts"), [
        "@ Disabled", "@ Ignore", "@ Ignored", "@ EnabledIf", "@ DisabledOnOs", "@ EnabledOnOs", "@ DisabledIf",
        "assumeTrue (", "assumeFalse (", "xtest (", "xit (", "xdescribe (", "xcontext (", "xshould (", "xgiven (",
        ". config ( ... enabled = false", ". config ( ... enabledIf =", "enabledOrReasonIf =",
    ]),
    "groovy": ("groovy", (".groovy",), [
        "@ Ignore", "@ IgnoreIf", "@ Requires", "@ PendingFeature", "@ PendingFeatureIf", "@ Retry", "@ IgnoreRest",
    ]),
    "csharp": ("csharp", (".cs",), [
        "[ Ignore", "[ Explicit", ", Ignore|Explicit (|]|, if NUnit", "Assert . Ignore (", "Assert . Inconclusive (", "Assert . Skip (",
        "Assert . SkipUnless (", "Assert . SkipWhen (", "Assume . That (", "Skip = if unit", "[ ActiveIssue",
        "[ QuarantinedTest", "Skip . If (", "Skip . IfNot (", "[ SkipOnPlatform", "[ OSCondition", "[ Platform (",
        "[ ConditionalFact", "[ ConditionalTheory", "[ PlatformSpecific", "Ignore = if NUnit", "Explicit = true if NUnit",
    ]),
    "go": ("go", (".go",), [
        '. Skip ( if testing', '. Skipf ( if testing', '. SkipNow ( if testing', "PIt (", "PDescribe (", "PContext (", "PWhen (",
        "PEntry (", "XIt (", "XDescribe (", "XContext (", "FIt (", "FDescribe (", "FContext (", "FEntry (",
        "Skip ( if ginkgo", "Pending , if ginkgo", "Pending ) if ginkgo", "skip . If (", "skip . Unless (",
    ]),
    "rust": ("rust", (".rs",), ["# [ ignore", "cfg_attr ( ... ignore if ignore", ". with_ignored_flag ("]),
    "cpp": ("cpp", CPP, [
        "GTEST_SKIP (", "QSKIP (", "QEXPECT_FAIL (", "IGNORE_TEST (", "TEST_IGNORE_MESSAGE (", "TEST_IGNORE (",
        "TEST|TEST_F|TEST_P|TYPED_TEST|TYPED_TEST_P ( DISABLED_~", "TEST|TEST_F|TEST_P|TYPED_TEST|TYPED_TEST_P ( * , DISABLED_~",
        'TEST_CASE ( ... "[.~', 'TEST_CASE ( ... "[!~', 'SCENARIO ( ... "[.~', 'SCENARIO ( ... "[!~',
        'TEST_CASE_METHOD ( ... "[.~', 'TEST_CASE_METHOD ( ... "[!~', 'TEMPLATE_TEST_CASE ( ... "[.~', 'TEMPLATE_TEST_CASE ( ... "[!~',
        "SKIP ( if catch", "doctest : : skip", "doctest : : may_fail", "doctest : : should_fail", "doctest : : expected_failures",
        "unit_test : : disabled", "unit_test : : expected_failures", "unit_test : : precondition",
    ]),
    "javascript": ("typescript", JS, [
        "it|test|describe|context|suite|specify . skip", "it|test|describe|context|suite . only", "xit (", "xtest (", "xdescribe (",
        "xcontext (", "fit (", "fdescribe (", "it|test . todo", "describe . todo", "test|describe . fixme", "it|test . fails",
        "it|test . failing", "this . skip ( ) if describe", "t|ctx . skip (", "it|test|describe . skipIf", "it|test|describe . runIf",
        "test . fail (", "skip : if node:test", "todo : if node:test", "skip : if lab.", "skip : if require('tap", "QUnit . skip (", "QUnit . todo (",
        "serial . skip", "pending ( if jasmine", "concurrent . skip", "sequential . skip", "this . retries (", "jest . retryTimes (",
    ]),
    "python": ("python", (".py",), [
        "mark . skip", "mark . skipif", "mark . xfail", "pytest . skip (", "pytest . xfail (", "pytest . importorskip (", "@ unittest . skip~",
        "@ skip~ (", "@ expectedFailure", "@ unittest . expectedFailure", "self . skipTest (", "raise SkipTest", "raise unittest . SkipTest",
    ]),
    "ruby": ("ruby", (".rb",), [
        "xit", "xdescribe", "xcontext", "xspecify", "xexample", "fit", "fdescribe", "fcontext", "skip if test", "skip if spec",
        "pending if describe", "omit if TestCase", "omit_if if TestCase", "pend if TestCase",
        "skip : if describe", "pending : if describe",
    ]),
    "php": ("php", (".php",), [
        "markTestSkipped (", "markTestIncomplete (", "RequiresPhp (", "RequiresOperatingSystem (", "RequiresFunction (", "RequiresMethod (",
        "RequiresPhpExtension (", "RequiresOperatingSystemFamily (", "RequiresPhpunit (", "RequiresSetting (",
        "- > skip ( if it(", "- > skip ( if test(", "- > todo ( if it(", "- > todo ( if test(", "- > skipOnWindows (",
    ]),
    "scala": ("scala", (".scala",), [
        "ignore (", '"~ ignore {', "it ignore", "in pending", "is ( pending", "pendingUntilFixed", "cancel ( if scalatest", "assume ( if scalatest",
        "@ Ignore", "@ Disabled", ". ignore if munit", ". fail if munit", ". flaky if munit", ". only if munit", "skipped if specs2", "pending if specs2",
        "assumeTrue (", "assumeFalse (",
    ]),
    "bats": ("bash", (".bats",), ["skip", "skip_if~", "skip_unless~", "skip_on~", "requires"]),
    "robot": ("robotframework", (".robot",), ["Skip", "Skip If", "robot : skip", "robot : skip - on - failure", "robot : exclude"]),
    "gherkin": ("gherkin", (".feature",), ["@ skip", "@ ignore", "@ wip", "@ pending", "@ flaky", "@ quarantine", "@ disabled"]),
    "cmake": ("cmake", ("CMakeLists.txt", ".cmake"), ['"~WILL_FAIL', '"~SKIP_RETURN_CODE', '"~SKIP_REGULAR_EXPRESSION', '"~DISABLED if _tests_properties']),
}
