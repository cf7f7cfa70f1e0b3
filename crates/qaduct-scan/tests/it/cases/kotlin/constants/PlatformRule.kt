package rules
import org.junit.jupiter.api.Assumptions.assumeFalse
class PlatformRule {
  fun assumeNotWindows() { assumeFalse(isWindows(), "not on Windows") }
}
