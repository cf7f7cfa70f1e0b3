export default { testIgnore: ['**/*.slow.ts'], projects: [{ name: 'a', grepInvert: /@slow/, retries: 2 }] };
