const t = require('tap')

t.test('a', { skip: process.platform === 'win32' && 'unix only' }, t => {})
t.skip('b', t => {})
t.todo('c')
