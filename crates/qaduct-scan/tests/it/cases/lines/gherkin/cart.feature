# SHOP-1 is open
@wip
Feature: Cart

  @skip(SHOP-2) @slow
  Scenario: adds up
    Given a text
      """
      @skip
      Scenario: in a text
      """

  Scenario Outline: prices
    Then it is <n>

    @flaky
    Examples:
      | n |

  Rule: taxes
    # see #12
    @Ignore
    Example: with tax
