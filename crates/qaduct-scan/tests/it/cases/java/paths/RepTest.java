import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.*;
class RepTest {
  @DisabledIfSystemProperties({@DisabledIfSystemProperty(named="a", matches="b")}) @Test void one() {}
  @DisabledIfEnvironmentVariables({@DisabledIfEnvironmentVariable(named="a", matches="b"), @DisabledIfEnvironmentVariable(named="c", matches="d")}) @Test void two() {}
  @EnabledIfSystemProperties({@EnabledIfSystemProperty(named="a", matches="b")}) @Test void three() {}
}
