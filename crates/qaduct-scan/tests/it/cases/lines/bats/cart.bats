#!/usr/bin/env bats

setup() {
    [[ -n "$DB" ]] || skip "no database"
}

# skip "in a comment"
# Flaky. SHOP-1
@test "adds up" {
    skip "see #12"
}

@test "guards" {
    if [ "$CI" = true ]; then
        skip
    else
        skip_if_remote "not remote; never"
    fi
    is_rootless && skip "rootless: SHOP-2"
    run echo "skip this"
    cat <<END
skip "in a text"
END
}

function helper() {
    skip "helps"
}

function setup() {
    requires root cgroups_v2
    requires() { true; }
    docker run --requires=x
}
