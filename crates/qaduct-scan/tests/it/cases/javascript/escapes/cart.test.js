it.skip('caf\u00e9 \x41 \u{1F600} \ud83d\ude00', () => {});
it.skip("it\'s \"so\"", () => {});
it.skip(`a\nb`, () => {});

test('same', () => {});
test.skip('same', () => {});
test.skip('same', () => {});
