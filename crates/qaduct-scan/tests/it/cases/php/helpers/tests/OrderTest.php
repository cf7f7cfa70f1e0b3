<?php
use PHPUnit\Framework\TestCase;

class OrderTest extends TestCase
{
    private function requirePlatform(string $class): void
    {
        if ($this->platform() instanceof $class) {
            return;
        }

        self::markTestSkipped(sprintf('The test requires %s', $class));
    }

    public function testTotals(): void
    {
        $this->requirePlatform(Postgres::class);
    }

    public function testPrints(): void
    {
        $this->assertSame(<<<EOF
  at tests/CartTest.php:12
     12▕     #[Group('flaky')]
  $this->markTestSkipped('no');
EOF, $this->output());
    }
}
