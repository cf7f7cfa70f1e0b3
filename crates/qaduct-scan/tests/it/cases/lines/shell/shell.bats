@test "shifts bits" {
  x=$((1 << 2))
  skip "after a shift"
}

@test "one" { skip "in one line"; }

@test 'plain "quotes"' {
  skip
}

@test "b 'q' \"x\"" {
  skip "quoted"
}

@test "asks what it is" {
  case $x in a) skip "in case" ;; esac
  case "$OSTYPE" in
    darwin* | freebsd*)
      skip "not on a Mac" ;;
    linux*) run echo ;;
    *)
      skip "nowhere else"
      ;;
  esac
  skip "at last"
}

function test_x { #@test
  skip "a function"
}

# bats test_tags=slow, flaky
@test "tagged" {
  run true
}

# bats file_tags=quarantine

@test "needs jq" {
  command -v jq || {
    skip "no jq"
  }
  if [ "$A" = 1 ] &&
     [ "$B" = 2 ]; then
    skip "both"
  elif [ "$C" = 3 ]; then
    skip "third"
  else
    skip "else"
  fi
  for it in a b; do
    is_known "$it" || skip "unknown"
  done
  wanted ||
    skip "not wanted"
}

@test "text that is never closed" {
  cat <<NOWHERE
  skip "still found"
}

@test "block in one line" {
  is_ok || { skip "not ok"; }
  skip_if_remote "never here"
}
