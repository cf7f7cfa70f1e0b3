"""Tokens by which the forms of a framework are known to one who only reads words.

Each pattern is a row of tokens; `*` is any one token, `a|b` one of two. The `^` in front asks that
the row begins a line or follows a sign that ends a statement.
"""

JS = (".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx", ".mts", ".cts")

PATTERNS = {
    "java": ((".java",), [
        "@ Disabled", "@ Ignore", "@ DisabledOnOs", "@ DisabledOnJre", "@ DisabledForJreRange", "@ DisabledIf",
        "@ DisabledIfSystemProperty", "@ DisabledIfEnvironmentVariable", "@ DisabledInNativeImage",
        "@ EnabledOnOs", "@ EnabledOnJre", "@ EnabledForJreRange", "@ EnabledIf", "@ EnabledIfSystemProperty",
        "@ EnabledIfEnvironmentVariable", "@ EnabledInNativeImage", "@ AwaitsFix",
        "assumeTrue (", "assumeFalse (", "assumeThat (", "assumingThat (", "new SkipException (",
    ]),
    "kotlin": ((".kt", ".kts"), [
        "@ Disabled", "@ Ignore", "@ Ignored", "@ EnabledIf", "@ DisabledOnOs", "@ EnabledOnOs",
        "assumeTrue (", "assumeFalse (", "xtest (", "xit (", "xdescribe (", "xcontext (",
    ]),
    "groovy": ((".groovy",), [
        "@ Ignore", "@ IgnoreIf", "@ Requires", "@ PendingFeature", "@ PendingFeatureIf", "@ Retry", "@ IgnoreRest",
    ]),
    "csharp": ((".cs",), [
        "[ Ignore", "[ Explicit", "Assert . Ignore (", "Assert . Inconclusive (", "Assert . Skip (",
        "Skip = ", "[ ActiveIssue", "[ QuarantinedTest", "Skip . If (", "Skip . IfNot (",
    ]),
    "go": ((".go",), [
        ". Skip (", ". Skipf (", ". SkipNow (", "PIt (", "PDescribe (", "PContext (", "PWhen (", "PEntry (",
        "XIt (", "XDescribe (", "XContext (", "FIt (", "FDescribe (", "FContext (",
    ]),
    "rust": ((".rs",), ["# [ ignore", "cfg_attr ( * ignore"]),
    "cpp": ((".cc", ".cpp", ".cxx", ".hpp", ".h"), [
        "GTEST_SKIP (", "QSKIP (", "QEXPECT_FAIL (", "IGNORE_TEST (", "TEST_IGNORE_MESSAGE (",
    ]),
    "javascript": (JS, [
        "it . skip", "test . skip", "describe . skip", "context . skip", "suite . skip", "it . only", "test . only",
        "describe . only", "xit (", "xtest (", "xdescribe (", "xcontext (", "fit (", "fdescribe (", "it . todo",
        "test . todo", "test . fixme", "test . fails", "it . fails", "it . failing", "test . failing",
        "this . skip (", "describe . skipIf", "it . skipIf", "test . skipIf", "test . runIf", "it . runIf",
        "describe . runIf", "test . fail (",
    ]),
    "ruby": ((".rb",), ["xit", "xdescribe", "xcontext", "xspecify", "fit", "fdescribe", "skip", "pending", "omit"]),
    "php": ((".php",), [
        "markTestSkipped (", "markTestIncomplete (", "RequiresPhp (", "RequiresOperatingSystem (",
        "RequiresPhpExtension (", "RequiresOperatingSystemFamily (",
    ]),
    "scala": ((".scala",), ["ignore (", "pendingUntilFixed", "cancel (", "assume (", "@ Ignore"]),
}
