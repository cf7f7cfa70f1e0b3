Feature: Cart
  @needs-triage:SHOP-12
  Scenario: adds
    Given a cart

  @needs-triage-later
  Scenario: runs
    Given a cart
