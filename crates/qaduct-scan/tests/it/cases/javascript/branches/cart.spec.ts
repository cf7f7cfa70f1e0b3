import { test } from '@playwright/test';

test('operators', async () => {
  isWin && test.skip();
  isLinux || test.skip();
  isA && isB && test.skip();
  name ?? test.skip();
});

test('switch', async () => {
  switch (process.platform) {
    case 'win32':
      test.skip();
      break;
    case 'darwin':
    case 'freebsd':
      test.skip(true, 'not here');
      break;
    case 'aix': {
      break;
    }
    default:
      test.skip(true, 'others');
  }
});

test('catch', async () => {
  try {
    await connect();
  } catch (error) {
    test.skip(true, 'server is down');
  }
});

test('many', async () => {
  if (a) {
    test.skip();
  } else if (b) {
    test.skip();
  } else {
    test.skip();
  }
});
