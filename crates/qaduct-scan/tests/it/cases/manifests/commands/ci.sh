#!/bin/sh
# Each option counts, and a word in quotes is one word.
pytest --ignore=tests/a --ignore=tests/b -m "not flaky" -k "not slow"
cargo test -- --skip foo --skip bar
bundle exec rspec --tag ~slow --tag ~flaky
vitest run --exclude 'a/**' --exclude "b/**"
phpunit --exclude-group a --exclude-group b,c
ctest -E slow -LE flaky \
  -j4 --label-exclude "very slow"
playwright test --grep-invert "@flaky|@slow thing"
dotnet test --filter "FullyQualifiedName!~Slow & Category!=X"
go test ./... -skip 'TestA/some case' && pytest --ignore tests/c; echo --ignore=tests/d
