# bats test_tags=needs-triage
@test "adds" {
  run shop add
}

@test "totals" {
  quarantine_me SHOP-12 "rounds the wrong way"
}

@test "prints" {
  if [ -n "$CI" ]; then
    quarantine_me SHOP-13
  fi
  echo quarantine_me SHOP-14
}
